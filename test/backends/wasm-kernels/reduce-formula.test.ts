/** `reduceFormula` and `reduceJoint` against loops in float64: every kind of axes, tails, NaN, infinities and −0. */
import { expect, test } from "vitest";
import { wasmJointKernels } from "../../../src/backends/tfjs/wasm/kernels/index.js";
import { loadWasmBackend } from "../../../src/backends/tfjs/wasm/instance.js";
import { expectClose, randomTensor, runKernel, sizeOf, type Plain } from "./harness.js";

type By = "sum" | "mean" | "max";

/** The flat index in a tensor that is broadcast to `shape`. */
const indexIn = (own: readonly number[], shape: readonly number[], place: readonly number[]): number =>
  own.reduce((flat, size, axis) => flat * size + (size === 1 ? 0 : (place[axis + shape.length - own.length] ?? 0)), 0);

/** Folds `value(numbers of the inputs)`, place by place. */
const expectedOf = (
  { by, axes }: { readonly by: By; readonly axes: readonly number[] },
  inputs: readonly Plain[],
  value: (...xs: readonly number[]) => number,
): Float64Array => {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...inputs.map((input) => input.shape[axis - rank + input.shape.length] ?? 1)),
  );
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const out = new Float64Array(sizeOf(kept)).fill(by === "max" ? Number.NEGATIVE_INFINITY : 0);
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    const place: number[] = [];
    for (let axis = rank - 1, rest = flat; axis >= 0; axis--) {
      place[axis] = rest % (shape[axis] ?? 1);
      rest = Math.floor(rest / (shape[axis] ?? 1));
    }
    const at = indexIn(kept, shape, place);
    const xs = inputs.map((input) => input.values[indexIn(input.shape, shape, place)] ?? Number.NaN);
    const before = out[at] ?? 0;
    out[at] = by === "max" ? Math.max(before, value(...xs)) : before + value(...xs);
  }
  return by === "mean" ? out.map((sum) => sum / (sizeOf(shape) / sizeOf(kept))) : out;
};

const centered = ["mul", "x0", ["sub", "x1", "x2"]];
const ofCentered = (a = 0, b = 0, c = 0): number => a * (b - c);

test.each([
  { shapes: [[64, 5, 5, 64], [64, 5, 5, 64], [64]], axes: [0, 1, 2] },
  { shapes: [[9, 3, 5], [9, 3, 5], [5]], axes: [0, 1] },
  {
    shapes: [
      [7, 33],
      [7, 33],
      [7, 1],
    ],
    axes: [1],
  },
  { shapes: [[7, 33], [33], [7, 1]], axes: [1] },
  {
    shapes: [
      [4, 6, 6, 19],
      [4, 6, 6, 19],
      [4, 1, 1, 19],
    ],
    axes: [1, 2],
  },
  { shapes: [[3, 4, 5], [4, 1], [1]], axes: [0, 2] },
  { shapes: [[3, 4, 5], [4, 1], [1]], axes: [1] },
  { shapes: [[10_007], [10_007], [1]], axes: [0] },
  { shapes: [[1, 1], [1, 1], [1]], axes: [0] },
  { shapes: [[2, 8], [2, 8], [8]], axes: [0, 1] },
])("$shapes along $axes", async ({ shapes, axes }) => {
  const inputs = shapes.map((shape, index) => randomTensor(shape, index + 1));
  for (const by of ["sum", "mean", "max"] as const) {
    const expected = expectedOf({ by, axes }, inputs, ofCentered);
    const attributes = { by, formula: centered, axes, keepDims: false };
    const actual = await runKernel("reduceFormula", { inputs, shape: [expected.length], attributes });
    expectClose(actual, expected, 1e-5);
  }
});

test.each([[[5, 7], [0]] as const, [[5, 7], [1]] as const, [[5, 8], [1]] as const])(
  "NaN, infinities and -0 in %j along %j",
  async (shape, axes) => {
    const values = new Float32Array(sizeOf(shape)).fill(-1);
    const special = [Number.NaN, Infinity, -Infinity, -0, 0];
    special.forEach((value, index) => (values[index * (shape[1] + 1)] = value));
    for (const by of ["sum", "mean", "max"] as const) {
      const expected = expectedOf({ by, axes }, [{ shape, values }], (x = 0) => x);
      const attributes = { by, formula: "x0", axes, keepDims: false };
      const inputs = [{ shape, values }];
      expectClose(await runKernel("reduceFormula", { inputs, shape: [expected.length], attributes }), expected, 1e-6);
    }
  },
);

test("a million equal terms lose less than 1e-5, where one running float32 sum would lose 1e-3", async () => {
  for (const shape of [[1_000_000, 1], [1_000_000]]) {
    const x = { shape, values: new Float32Array(1_000_000).fill(0.1) };
    const attributes = { by: "sum", formula: "x0", axes: [0], keepDims: false };
    const [sum = 0] = await runKernel("reduceFormula", { inputs: [x], shape: [1], attributes });
    expect(Math.abs(sum / (1_000_000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-5);
  }
});

test("an empty axis sums to 0 and has no mean", async () => {
  const x = { shape: [0, 3], values: new Float32Array(0) };
  const run = (by: By): Promise<Float32Array | Int32Array> =>
    runKernel("reduceFormula", {
      inputs: [x],
      shape: [3],
      attributes: { by, formula: "x0", axes: [0], keepDims: false },
    });
  expect([...(await run("sum"))]).toEqual([0, 0, 0]);
  expect([...(await run("mean"))]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test("several folds of the same values at once", async () => {
  const backend = await loadWasmBackend();
  const before = backend.numDataIds();
  const inputs = [randomTensor([31, 5, 21], 1), randomTensor([31, 5, 21], 2), randomTensor([21], 3)];
  const tensors = inputs.map(({ shape, values }) => ({
    dataId: backend.write(values, [...shape], "float32"),
    shape: [...shape],
    dtype: "float32" as const,
  }));
  const folds: readonly { readonly by: By; readonly formula: unknown }[] = [
    { by: "sum", formula: "x0" },
    { by: "mean", formula: centered },
    { by: "max", formula: "x1" },
  ];
  const made = wasmJointKernels["reduceJoint"]?.run({
    backend,
    inputs: tensors,
    outputs: folds.map(() => ({ shape: [21], dtype: "float32" })),
    attributes: { members: folds, axes: [0, 1] },
  });
  const read = (made ?? []).map(({ dataId }) => Float32Array.from(backend.readSync(dataId) as Float32Array));
  const values = [(a = 0): number => a, ofCentered, (_a = 0, b = 0): number => b];
  values.forEach((value, index) =>
    expectClose(read[index] ?? [], expectedOf({ by: folds[index]?.by ?? "sum", axes: [0, 1] }, inputs, value), 1e-5),
  );
  for (const { dataId } of [...tensors, ...(made ?? [])]) backend.disposeData(dataId);
  expect(backend.numDataIds()).toBe(before);
});
