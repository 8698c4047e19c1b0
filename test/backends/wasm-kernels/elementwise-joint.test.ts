/** `elementwiseJoint` against float64: tensors of many sizes in one call, with tails, NaN, infinities and −0. */
import { expect, test } from "vitest";
import { wasmJointKernels } from "../../../src/backends/tfjs/wasm/kernels/index.js";
import { loadWasmBackend } from "../../../src/backends/tfjs/wasm/instance.js";
import { expectClose, randomTensor, type Plain } from "./harness.js";

interface Member {
  readonly formula: unknown;
  readonly inputs: readonly number[];
  readonly size: number;
}

const run = async (inputs: readonly Plain[], members: readonly Member[]): Promise<readonly Float32Array[]> => {
  const backend = await loadWasmBackend();
  const before = backend.numDataIds();
  const tensors = inputs.map(({ shape, values }) => ({
    dataId: backend.write(values, [...shape], "float32"),
    shape: [...shape],
    dtype: "float32" as const,
  }));
  const made =
    wasmJointKernels["elementwiseJoint"]?.run({
      backend,
      inputs: tensors,
      outputs: members.map(({ size }) => ({ shape: [size], dtype: "float32" })),
      attributes: { members, sizes: members.map(({ size }) => size) },
    }) ?? [];
  const read = made.map(({ dataId }) => Float32Array.from(backend.readSync(dataId) as Float32Array));
  for (const { dataId } of [...tensors, ...made]) backend.disposeData(dataId);
  expect(backend.numDataIds()).toBe(before);
  return read;
};

const velocity = ["sub", ["mul", 0.9, "x0"], ["mul", "x2", "x1"]];
const stepped = ["add", "x3", velocity];

test("momentum for weights of 1 to 70 elements: one call, the formula's numbers", async () => {
  const sizes = Array.from({ length: 70 }, (_, index) => index + 1);
  const rate = { shape: [1], values: Float32Array.of(0.1) };
  const inputs = [rate, ...sizes.flatMap((size, k) => [1, 2, 3].map((seed) => randomTensor([size], 3 * k + seed)))];
  const members = sizes.flatMap((size, k): readonly Member[] => {
    const [v, g, w] = [3 * k + 1, 3 * k + 2, 3 * k + 3];
    return [
      { formula: velocity, inputs: [v, g, 0], size },
      { formula: stepped, inputs: [v, g, 0, w], size },
    ];
  });
  const made = await run(inputs, members);
  sizes.forEach((_, k) => {
    const [v = [], g = [], w = []] = [1, 2, 3].map((place) => [...(inputs[3 * k + place]?.values ?? [])]);
    const wanted = v.map((value, i) => 0.9 * value - 0.1 * (g[i] ?? 0));
    expectClose(made[2 * k] ?? [], Float64Array.from(wanted), 1e-6);
    expectClose(
      made[2 * k + 1] ?? [],
      Float64Array.from(wanted, (value, i) => value + (w[i] ?? 0)),
      1e-6,
    );
  });
});

test("NaN, infinities and -0 come out as they should, in vectors and in tails", async () => {
  const special = [Number.NaN, Infinity, -Infinity, -0, 0, -1, 1];
  const x = { shape: [7], values: Float32Array.from(special) };
  const zero = { shape: [1], values: Float32Array.of(0) };
  const [larger, product, negated] = await run(
    [x, zero],
    [
      { formula: ["max", "x0", "x1"], inputs: [0, 1], size: 7 },
      { formula: ["mul", "x0", "x1"], inputs: [0, 1], size: 7 },
      { formula: ["neg", "x0"], inputs: [0], size: 7 },
    ],
  );
  expect([...(larger ?? [])]).toEqual(special.map((value) => Math.max(value, 0)));
  expect([...(product ?? [])]).toEqual(special.map((value) => value * (zero.values[0] ?? 1)));
  expect([...(negated ?? [])]).toEqual(special.map((value) => -value));
});
