/** `matMul` and `transpose2d` against plain loops. */
import { describe, expect, test } from "vitest";
import { expectClose, randomTensor, runKernel } from "./harness.js";

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])("matMul, transposeA %s, transposeB %s", (transposeA, transposeB) => {
  test.each([
    [1, 1, 1, 1],
    [1, 5, 7, 3],
    [1, 64, 100, 10],
    [1, 33, 129, 65],
    [3, 5, 6, 7],
  ])("%i times %i × %i by %i", async (batch, m, k, n) => {
    const front = batch === 1 ? [] : [batch];
    const a = randomTensor([...front, ...(transposeA ? [k, m] : [m, k])], 1);
    const b = randomTensor([...front, ...(transposeB ? [n, k] : [k, n])], 2);
    const expected = Array.from({ length: batch * m * n }, (_, index) => {
      const [z, i, j] = [Math.floor(index / (m * n)), Math.floor(index / n) % m, index % n];
      let sum = 0;
      for (let l = 0; l < k; l++)
        sum +=
          (a.values[z * m * k + (transposeA ? l * m + i : i * k + l)] ?? Number.NaN) *
          (b.values[z * k * n + (transposeB ? j * k + l : l * n + j)] ?? Number.NaN);
      return sum;
    });
    const attributes = { transposeA, transposeB };
    const actual = await runKernel("matMul", { inputs: [a, b], shape: [...front, m, n], attributes });
    expectClose(actual, expected, 2e-6 * Math.sqrt(k));
  });
});

test.each([[[1, 1]], [[4, 4]], [[64, 96]], [[37, 53]], [[3, 100]], [[100, 3]], [[2, 5, 18]], [[0, 4]]])(
  "transpose2d %j",
  async (shape) => {
    const x = randomTensor(shape, 3);
    const [rows = 1, columns = 1] = shape.slice(-2);
    const expected = Array.from(x.values, (_, index) => {
      const [matrix, inside] = [Math.floor(index / (rows * columns)), index % (rows * columns)];
      return x.values[matrix * rows * columns + (inside % rows) * columns + Math.floor(inside / rows)];
    });
    const actual = await runKernel("transpose2d", { inputs: [x], shape: [...shape.slice(0, -2), columns, rows] });
    expect([...actual]).toEqual(expected);
  },
);
