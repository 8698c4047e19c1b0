/** Rows of an array: a window on some (no copy), or some picked by number (a copy). A row is all that the first index holds. */
import { invariant } from "../errors.js";
import { sizeOf, zeros, type NdArray } from "./nd-array.js";

const rowsOf = (array: NdArray): number => array.shape[0] ?? 0;

const withRows = (array: NdArray, count: number): readonly number[] => [count, ...array.shape.slice(1)];

/** The rows `start` … `end − 1`; shares the memory of `array`. */
export const sliceRows = <A extends NdArray>(array: A, start: number, end: number): A => {
  const inside = 0 <= start && start <= end && end <= rowsOf(array);
  invariant(inside, `rows ${start} to ${end} of ${rowsOf(array)}`);
  const width = sizeOf(array.shape.slice(1));
  const data = array.data.subarray(start * width, end * width);
  return Object.assign({}, array, { shape: withRows(array, end - start), data });
};

/** The rows of the given numbers, in that order, as a copy; a number may come twice. */
export const gatherRows = <A extends NdArray>(array: A, order: ArrayLike<number>): A => {
  const width = sizeOf(array.shape.slice(1));
  const picked = zeros(array.dtype, withRows(array, order.length));
  for (let to = 0; to < order.length; to++) {
    const from = order[to] ?? 0;
    invariant(0 <= from && from < rowsOf(array), `row ${from} of ${rowsOf(array)}`);
    picked.data.set(array.data.subarray(from * width, (from + 1) * width), to * width);
  }
  return picked as A; // sound: the same dtype
};
