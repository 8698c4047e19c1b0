/** The values of scripts/goldens/formula.py, to the bit: inputs, labels and initial weights of the golden runs. */
import { f32, type NdArray } from "../../src/data/nd-array.js";
import { fansOf } from "../../src/ops/initializers.js";

/** lowbias32 (scripts/goldens/README.md), in uint32 with wraparound. */
const hash = (start: number): number => {
  let x = start >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
};

/** A number in [0, 1) for each seed and index. */
export const u = (seed: number, index: number): number => hash(index + Math.imul(seed, 0x9e3779b9)) / 2 ** 32;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const filled = (shape: readonly number[], value: (index: number) => number): NdArray<"f32"> =>
  f32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => value(index)),
  );

export const goldenInput = (shape: readonly number[]): NdArray<"f32"> => filled(shape, (index) => u(1, index));

/** Class numbers, one an example. */
export const goldenLabels = (batch: number, classes: number): readonly number[] =>
  Array.from({ length: batch }, (_, index) => Math.floor(u(2, index) * classes));

/** The flat places of the second sample of a large tensor. */
export const hashedPlaces = (count: number, size: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.floor(u(3, index) * size));

/** The initial value of the k-th parameter, by Keras's name for its kind. */
export const goldenParameter = (k: number, kind: string, shape: readonly number[]): NdArray<"f32"> => {
  const { fanIn, fanOut } = fansOf(shape);
  const unit = (index: number): number => u(1000 + k, index);
  if (kind === "kernel") {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return filled(shape, (index) => (2 * unit(index) - 1) * limit);
  }
  return kind === "gamma" || kind === "moving_variance"
    ? filled(shape, (index) => 0.5 + unit(index))
    : filled(shape, (index) => (2 * unit(index) - 1) * 0.1);
};
