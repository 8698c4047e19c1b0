/** `product`, the matrix product with what follows it, against the plain sum in float64. */
import fc from "fast-check";
import { test } from "vitest";
import type { Formula } from "../../../src/formula/formula.js";
import { expectClose, randomTensor, runKernel } from "./harness.js";

interface Case {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly bias: boolean;
  readonly residual: boolean;
  readonly sigmoid: boolean;
}

const sigmoidOf = (x: Formula): Formula => ["div", 1, ["add", 1, ["exp", ["neg", x]]]];

const check = async ({ rows, inner, columns, bias, residual, sigmoid }: Case): Promise<void> => {
  const a = randomTensor([rows, inner], 1);
  const b = randomTensor([inner, columns], 2);
  const offsets = randomTensor([columns], 3);
  const others = randomTensor([rows, columns], 4);
  const expected = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = (bias ? (offsets.values[column] ?? 0) : 0) + (residual ? (others.values[i] ?? 0) : 0);
    for (let k = 0; k < inner; k++) sum += (a.values[row * inner + k] ?? 0) * (b.values[k * columns + column] ?? 0);
    return sigmoid ? 1 / (1 + Math.exp(-sum)) : sum;
  });
  const packedShape = [inner * 8 * Math.ceil(columns / 8)];
  const packed = { shape: packedShape, values: await runKernel("packFilter", { inputs: [b], shape: packedShape }) };
  const sum: Formula = residual ? ["add", "x0", "x1"] : "x0";
  const actual = await runKernel("product", {
    inputs: [a, packed, ...(bias ? [offsets] : []), ...(residual ? [others] : [])],
    shape: [rows, columns],
    attributes: { bias, residual, formula: sigmoid ? sigmoidOf(sum) : sum },
  });
  expectClose(actual, expected, 1e-6 * Math.max(2, Math.sqrt(inner)));
};

const plain: Case = { rows: 1, inner: 64, columns: 32, bias: true, residual: false, sigmoid: false };

test.each<readonly [string, Case]>([
  ["one row", { ...plain, inner: 1600, columns: 128 }],
  ["one row, ten columns", { ...plain, columns: 10, sigmoid: true }],
  ["one row, a residual", { ...plain, columns: 27, residual: true }],
  ["one row, one column", { ...plain, columns: 1 }],
  ["one row, one element", { ...plain, inner: 1, columns: 1000 }],
  ["two rows", { ...plain, rows: 2, columns: 20 }],
  ["a batch", { ...plain, rows: 64, inner: 300, columns: 10, residual: true }],
  ["more rows than a block", { ...plain, rows: 1001, inner: 70, columns: 24, bias: false }],
  ["no rows", { ...plain, rows: 0 }],
])("%s", (_, c) => check(c));

const size = fc.integer({ min: 1, max: 40 });

test("random products", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        rows: size,
        inner: size,
        columns: size,
        bias: fc.boolean(),
        residual: fc.boolean(),
        sigmoid: fc.boolean(),
      }),
      check,
    ),
    { numRuns: 100, seed: 7 },
  ));
