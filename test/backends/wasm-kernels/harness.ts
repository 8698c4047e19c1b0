/** Runs one own kernel on plain arrays and checks that it leaves no tensor behind. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { expect } from "vitest";
import { wasmKernels } from "../../../src/backends/tfjs/wasm/kernels/index.js";
import { loadWasmBackend } from "../../../src/backends/tfjs/wasm/instance.js";

export interface Plain {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A seeded generator (mulberry32), uniform in [0, 1). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A tensor of values in [-1, 1). */
export const randomTensor = (shape: readonly number[], seed: number): Plain => {
  const random = randomOf(seed);
  return { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1) };
};

export interface Call {
  /** One, if not given; a process has one instance only. */
  readonly threads?: number;
  readonly inputs: readonly Plain[];
  readonly shape: readonly number[];
  readonly dtype?: "float32" | "int32";
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const upload = (backend: BackendWasm, { shape, values }: Plain) => {
  const dtype: "float32" | "int32" = values instanceof Float32Array ? "float32" : "int32";
  return { dataId: backend.write(values, [...shape], dtype), shape: [...shape], dtype };
};

/** The values that the kernel gives. */
export const runKernel = async (
  name: string,
  { inputs, shape, dtype = "float32", attributes = {}, threads = 1 }: Call,
) => {
  const backend = await loadWasmBackend(threads);
  const before = backend.numDataIds();
  const tensors = inputs.map((input) => upload(backend, input));
  const kernel = wasmKernels[name];
  if (kernel === undefined) throw new Error(`no kernel ${name}`);
  const result = kernel.run({ backend, inputs: tensors, output: { shape, dtype }, attributes });
  expect(result.shape).toEqual(shape);
  expect(result.dtype).toBe(dtype);
  const values = backend.readSync(result.dataId);
  if (!(values instanceof Float32Array || values instanceof Int32Array)) throw new Error("float32 or int32");
  for (const { dataId } of [...tensors, result]) backend.disposeData(dataId);
  expect(backend.numDataIds()).toBe(before);
  return values;
};

/** Each value within `tolerance` times the size of its terms (at least 1); NaN, infinities and the sign of zero exactly. */
export const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a = Number.NaN, e = Number.NaN] = [actual[i], expected[i]];
    if (Object.is(a, e)) continue;
    const bound = tolerance * Math.max(1, Math.abs(e));
    if (!(Math.abs(a - e) <= bound)) expect.fail(`element ${i}: ${a} instead of ${e}, bound ${bound}`);
  }
};
