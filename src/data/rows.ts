/** Rows of an array: a window on some (no copy), or some picked by number (a copy). A row is all that the first index holds. */
import { invariant } from "../errors.js";
import { sizeOf, zeros, type NdArray } from "./nd-array.js";

/** An array of the same kind with any number of rows. */
export type Rows<A extends NdArray> = A extends {
  readonly shape: readonly [number, ...infer Rest extends readonly number[]];
}
  ? NdArray<A["dtype"], readonly [number, ...Rest]>
  : A;

const rowsOf = (array: NdArray): number => array.shape[0] ?? 0;

const withRows = (array: NdArray, count: number): readonly number[] => [count, ...array.shape.slice(1)];

/** The rows `start` … `end − 1`; shares the memory of `array`. */
export const sliceRows = <A extends NdArray>(array: A, start: number, end: number): Rows<A> => {
  const inside = 0 <= start && start <= end && end <= rowsOf(array);
  invariant(inside, `rows ${start} to ${end} of ${rowsOf(array)}`);
  const width = sizeOf(array.shape.slice(1));
  const data = array.data.subarray(start * width, end * width);
  // Sound: Rows differs from A in the number of rows alone.
  return { ...array, shape: withRows(array, end - start), data } as unknown as Rows<A>;
};

/** The rows of the given numbers, in that order, as a copy; a number may come twice. */
export const gatherRows = <A extends NdArray>(array: A, order: ArrayLike<number>): Rows<A> => {
  const width = sizeOf(array.shape.slice(1));
  const picked = zeros(array.dtype, withRows(array, order.length));
  for (let to = 0; to < order.length; to++) {
    const from = order[to] ?? 0;
    invariant(0 <= from && from < rowsOf(array), `row ${from} of ${rowsOf(array)}`);
    picked.data.set(array.data.subarray(from * width, (from + 1) * width), to * width);
  }
  return picked as unknown as Rows<A>; // sound: the same dtype, and the same shape but for the rows
};
