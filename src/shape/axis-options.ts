/** Options of layers over one axis and over three: a number for all axes or one for each, and the padding around them. */
import type { Sides } from "./padding.js";

/** One number for depth, height and width, or [depth, height, width]. */
export type TripleOption = number | readonly [number, number, number];

/** Cells before and after one axis: one number for both, or [before, after] (Keras's ZeroPadding1D). */
export type SidesOption = number | readonly [number, number];
export type SidesPadding = "valid" | "same" | SidesOption;
/** "causal" pads before only, so that no output depends on a later step. */
export type Padding1dOption = "causal" | SidesPadding;

/** One number, [depth, height, width], or [before, after] for each of them (Keras's ZeroPadding3D). */
export type Pads3dOption =
  | number
  | readonly [number, number, number]
  | readonly [readonly [number, number], readonly [number, number], readonly [number, number]];
export type Padding3dOption = "valid" | "same" | Pads3dOption;

/** An option's part for one axis: the option itself when it is one for all. */
export type At<T, Axis> = T extends readonly unknown[] ? T[Axis & keyof T] : T;
/** An option's parts, one for each of the axes. */
export type PerAxis<T, Axes> = { -readonly [I in keyof Axes]: At<T, I> };

/** A number for all axes, or one for each. */
export type AxesOption = number | readonly number[];
/** A padding in words, for all axes, or for each as a number or [before, after]. */
export type AxesPadding = string | number | readonly (number | Sides)[];

export const perAxis = (value: AxesOption, rank: number): readonly number[] =>
  typeof value === "number" ? Array.from({ length: rank }, () => value) : value;

/** Explicit cells before and after each axis; words stand for none. */
export const sidesPerAxis = (padding: AxesPadding, rank: number): readonly Sides[] =>
  typeof padding === "string"
    ? perAxis(0, rank).map(() => [0, 0])
    : (typeof padding === "number" ? perAxis(padding, rank) : padding).map((side) =>
        typeof side === "number" ? [side, side] : side,
      );

// Files are run without a type check, so the form of an option is looked at, too.
const isNumber = (value: unknown): boolean => typeof value === "number";
export const isListOf = (value: unknown, length: number, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === length && value.every(isItem);
const isSides = (value: unknown): boolean => isListOf(value, 2, isNumber);

export const isNumberOption = isNumber;
export const isTripleOption = (value: unknown): boolean => isNumber(value) || isListOf(value, 3, isNumber);
export const isSidesPadding = (value: unknown): boolean =>
  value === "valid" || value === "same" || isNumber(value) || isSides(value);
export const isPadding1dOption = (value: unknown): boolean => value === "causal" || isSidesPadding(value);
export const isPadding3dOption = (value: unknown): boolean =>
  value === "valid" || value === "same" || isTripleOption(value) || isListOf(value, 3, isSides);
