/** `reduceSumLeading` against float64 sums. */
import { expect, test } from "vitest";
import { expectClose, randomTensor, runKernel } from "./harness.js";

test.each([
  [[64, 5, 5, 64]],
  [[7, 64]],
  [[100, 10]],
  [[1000, 1]],
  [[3, 33]],
  [[31, 3]],
  [[2, 3, 4, 130]],
  [[5]],
  [[1, 1]],
  [[0, 4]],
])("%j", async (shape) => {
  const x = randomTensor(shape, 3);
  const columns = shape.at(-1) ?? 1;
  const expected = new Float64Array(columns);
  x.values.forEach((value, i) => (expected[i % columns] = (expected[i % columns] ?? 0) + value));
  const actual = await runKernel("reduceSumLeading", { inputs: [x], shape: [columns] });
  expectClose(actual, expected, 1e-5);
});

test("a million equal terms lose less than 1e-5, where one running float32 sum would lose 1e-3", async () => {
  const x = { shape: [1_000_000, 1], values: new Float32Array(1_000_000).fill(0.1) };
  const [sum = 0] = await runKernel("reduceSumLeading", { inputs: [x], shape: [1] });
  expect(Math.abs(sum / (1_000_000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-5);
});
