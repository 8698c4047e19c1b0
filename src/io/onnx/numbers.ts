/** Weights whose numbers are known: permuted when the file is written, so that the graph need not do it. */
import type { DataType } from "../../compiler/ir/type.js";

export interface KnownNumbers {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const stridesOf = (shape: readonly number[]): readonly number[] => {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
};

/** Axis i of the result is axis `permutation[i]` of the given. */
export const permuted = (given: KnownNumbers, permutation: readonly number[]): KnownNumbers => {
  const { dtype, data } = given;
  const shape = permutation.map((axis) => given.shape[axis] ?? 1);
  const strides = stridesOf(given.shape);
  const steps = permutation.map((axis) => strides[axis] ?? 1);
  const result = dtype === "i32" ? new Int32Array(data.length) : new Float32Array(data.length);
  let at = 0;
  const fill = (axis: number, from: number): void => {
    const [size = 1, step = 0] = [shape[axis], steps[axis]];
    if (axis >= shape.length) result[at++] = data[from] ?? 0;
    else if (axis === shape.length - 1)
      for (let i = 0, place = from; i < size; i++, place += step) result[at++] = data[place] ?? 0;
    else for (let i = 0; i < size; i++) fill(axis + 1, from + i * step);
  };
  if (data.length > 0) fill(0, 0);
  return { dtype, shape, data: result };
};

export const isIdentity = (permutation: readonly number[]): boolean => permutation.every((axis, i) => axis === i);
