/** Options with a number for height and one for width: kernels, strides, pools, and the padding around an image. */
import type { Add, Mul } from "./nat.js";
import type { Dim } from "./shape.js";

/** One number for both axes, or [height, width]. */
export type PairOption = number | readonly [number, number];

/** Cells added on each side: one number, [height, width], or [[top, bottom], [left, right]]. */
export type PadsOption =
  | number
  | readonly [number, number]
  | readonly [readonly [number, number], readonly [number, number]];

/** "same" is as many as make the output ceil(input / stride) large; "valid" is none. */
export type PaddingOption = "valid" | "same" | PadsOption;

/** Cells before and after one axis. */
export type Sides = readonly [number, number];

export type First<T> = T extends readonly [infer A, unknown] ? A : T;
export type Second<T> = T extends readonly [unknown, infer B] ? B : T;
export const pairOf = (value: PairOption): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

/** An axis with its padding; P is that axis's part of the option. */
export type Padded<I, P> = P extends "valid" | "same" | "causal" | 0
  ? I
  : P extends readonly [infer Before, infer After]
    ? Add<I, Add<Before, After>>
    : Add<I, Mul<P, 2>>;
export const padAxis = (dim: Dim, [before, after]: Sides): Dim => (dim === null ? null : dim + before + after);

/** Explicit cells as [[top, bottom], [left, right]]. */
export const sidesOf = (padding: "valid" | PadsOption): readonly [Sides, Sides] => {
  if (padding === "valid") return sidesOf(0);
  const [h, w] = typeof padding === "number" ? [padding, padding] : padding;
  return [typeof h === "number" ? [h, h] : h, typeof w === "number" ? [w, w] : w];
};

// Files are run without a type check, so the form of an option is looked at, too.
const isNumber = (value: unknown): boolean => typeof value === "number";
const isTwo = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(isItem);
export const isPairOption = (value: unknown): boolean => isNumber(value) || isTwo(value, isNumber);
export const isPadsOption = (value: unknown): boolean =>
  isPairOption(value) || isTwo(value, (side) => isTwo(side, isNumber));
export const isPaddingOption = (value: unknown): boolean =>
  value === "valid" || value === "same" || isPadsOption(value);
