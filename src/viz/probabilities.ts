/** A net's outputs as probabilities, where they are logits. */
import { f32, type NdArray } from "../data/nd-array.js";

const softmaxRow = (row: Float32Array): Float32Array => {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = row.map((value) => Math.exp(value - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / total);
};

/** Of logits `[n, classes]` the softmax of each row, of `[n, 1]` the sigmoid. */
export const fromLogits = ({ shape, data }: NdArray<"f32">): NdArray<"f32"> => {
  const classes = shape[1] ?? 1;
  if (classes === 1)
    return f32(
      shape,
      data.map((value) => 1 / (1 + Math.exp(-value))),
    );
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += classes)
    result.set(softmaxRow(data.subarray(start, start + classes)), start);
  return f32(shape, result);
};

/** Probabilities as they are; numbers outside [0, 1] are logits. */
export const asProbabilities = (outputs: NdArray<"f32">): NdArray<"f32"> =>
  outputs.shape.length === 2 && outputs.data.some((value) => value < 0 || value > 1 + 1e-5)
    ? fromLogits(outputs)
    : outputs;
