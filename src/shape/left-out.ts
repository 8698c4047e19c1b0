/** How many cells of its input a window leaves out along an axis, and what mends it; the holes of a dilated kernel do not count. */
import type { Add, Mod, Sub } from "./nat.js";
import type { Padded, Sides } from "./padding.js";
import type { Dim } from "./shape.js";
import type { Extent } from "./window.js";

/** One axis of a window that fits. */
export interface WindowAxis {
  readonly size: Dim;
  readonly kernel: number;
  /** Cells that the dilated kernel spans. */
  readonly reach: number;
  readonly stride: number;
  readonly dilation: number;
  readonly sides: Sides | "same";
}

// A number that types do not know counts as none: run time checks it. So does never, what is less than nothing.
type Known<N> = [N] extends [never] ? 0 : N extends number ? (number extends N ? 0 : N) : 0;
type IsMore<A, B> = Known<Sub<A, B>> extends 0 ? false : true;

/** Cells before and after an axis; "causal" pads before only, "same" never leaves out the end. */
type Before<P, Reach> = P extends readonly [infer B, unknown]
  ? B
  : P extends number
    ? P
    : P extends "causal"
      ? Sub<Reach, 1>
      : 0;
type After<P> = P extends readonly [unknown, infer A] ? A : P extends number ? P : 0;

/** Cells that each stride skips: none where one window holds the whole axis. */
export type Skipped<I, K, S, P, D> =
  IsMore<S, Extent<K, D>> extends true
    ? IsMore<P extends "same" ? I : Add<I, Before<P, Extent<K, D>>>, Extent<K, D>> extends true
      ? Known<Sub<S, Extent<K, D>>>
      : 0
    : 0;
export const skipped = ({ size, reach, stride, sides }: WindowAxis): number =>
  size !== null && stride > reach && size + (sides === "same" ? 0 : sides[0]) > reach ? stride - reach : 0;

/** Padded cells after the last window. */
type Rest<I, K, S, P, D> = P extends "same"
  ? 0
  : Known<Mod<P extends "causal" ? Sub<I, 1> : Sub<Padded<I, P>, Extent<K, D>>, S>>;
const rest = ({ size, reach, stride, sides }: WindowAxis): number =>
  size === null || sides === "same" ? 0 : (size + sides[0] + sides[1] - reach) % stride;

/** How many of them are cells of the input. */
export type LeftOver<I, K, S, P, D> = Min<I, Known<Sub<Rest<I, K, S, P, D>, After<P>>>>;
export type Min<A, B> = [Sub<A, B>] extends [never] ? A : B;
export const leftOver = (axis: WindowAxis): number =>
  axis.size === null || axis.sides === "same" ? 0 : Math.min(axis.size, Math.max(rest(axis) - axis.sides[1], 0));

/** The padding with which the last window ends at the end. */
export type MendedSides<I, K, S, P, D> = [
  Before<P, Extent<K, D>>,
  LeftOver<I, K, S, P, D> extends 0 ? After<P> : Add<After<P>, Sub<S, Rest<I, K, S, P, D>>>,
];
export const mendedSides = (axis: WindowAxis): Sides => {
  const [before, after] = axis.sides === "same" ? [0, 0] : axis.sides;
  return [before, leftOver(axis) === 0 ? after : after + axis.stride - rest(axis)];
};
/** The size that ends with the last window; where that is nothing, the next larger one that fits. */
export type MendedSize<I, K, S, P, D> = [Sub<I, LeftOver<I, K, S, P, D>>] extends [0]
  ? Add<I, Sub<S, Rest<I, K, S, P, D>>>
  : Sub<I, LeftOver<I, K, S, P, D>>;
export const mendedSize = (axis: WindowAxis): Dim =>
  axis.size === null
    ? null
    : axis.size > leftOver(axis)
      ? axis.size - leftOver(axis)
      : axis.size + axis.stride - rest(axis);
