/** Row-major numbers with their axes in another order. */

type Numbers = Float32Array | Float64Array | Int32Array;

/** Whether every axis stays where it is. */
export const isIdentity = (permutation: readonly number[]): boolean =>
  permutation.every((axis, place) => axis === place);

/** Axis i of the result is axis `permutation[i]` of the given; the given array itself where nothing moves. */
export const permuted = <A extends Numbers>(data: A, shape: readonly number[], permutation: readonly number[]): A => {
  if (isIdentity(permutation)) return data;
  const result = data.slice();
  const sizes = permutation.map((axis) => shape[axis] ?? 1);
  const strides = permutation.map((axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const last = sizes.length - 1;
  let at = 0;
  const fill = (axis: number, from: number): void => {
    const [size = 1, stride = 0] = [sizes[axis], strides[axis]];
    if (axis === last) for (let i = 0, place = from; i < size; i++, place += stride) result[at++] = data[place] ?? 0;
    else for (let i = 0; i < size; i++) fill(axis + 1, from + i * stride);
  };
  if (data.length > 0) fill(0, 0);
  // Sound: slice gave an array of the same kind.
  return result as A;
};
