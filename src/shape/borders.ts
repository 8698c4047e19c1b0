/** The shape rules of zero padding and cropping: cells added or taken away on each side of each axis. */
import { E, type Either } from "../fp.js";
import { sidesPerAxis, type At, type AxesPadding } from "./axis-options.js";
import { areSides, byAxis, spatialShape, type ByAxis, type Rank, type SpatialShape } from "./by-rank.js";
import type { Add, Mul, Sub } from "./nat.js";
import { padAxis, type Padded, type Sides } from "./padding.js";
import type { Dim, Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";

type AllPadded<Axes, P> = { -readonly [I in keyof Axes]: Padded<Axes[I], At<P, I>> };

/** The padded axes and the channels, or the sentence. */
export type ZeroPaddingShape<Layer extends string, R extends Rank, S, P> =
  SpatialShape<Layer, R, S> extends infer X
    ? X extends readonly [...infer Axes, infer C]
      ? SizeProblem<Layer, "padding", P, 0> extends infer M extends string
        ? ShapeError<M>
        : AllPadded<Axes, ByAxis<R, P>> extends infer Wide extends readonly unknown[]
          ? [...Wide, C]
          : never
      : X
    : never;

interface LayerOfRank {
  readonly layer: string;
  readonly rank: Rank;
}
/** Run-time twin of {@link ZeroPaddingShape}. */
export const zeroPaddingShape = (
  { layer, rank }: LayerOfRank,
  padding: AxesPadding,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const spatial = spatialShape(layer, rank, shape);
  if (E.isLeft(spatial)) return spatial;
  const problem = sizeProblem(layer, { name: "padding", value: padding, least: 0 }, areSides[rank]);
  if (problem !== undefined) return E.left(problem);
  const sides = sidesOfRank(rank, padding);
  const { axes, channels } = spatial.right;
  return E.right([...axes.map((dim, axis) => padAxis(dim, sides[axis] ?? [0, 0])), channels]);
};

/** Cells before and after each axis. */
export const sidesOfRank = (rank: Rank, sides: AxesPadding): readonly Sides[] =>
  sidesPerAxis(byAxis(rank, sides), rank);

const leavesNothing = <Layer extends string, Cropping extends string, Input extends string, Most extends string>(of: {
  readonly layer: Layer;
  readonly cropping: Cropping;
  readonly input: Input;
  readonly most: Most;
}) =>
  `${of.layer}: cropping ${of.cropping} leaves nothing of input ${of.input}: crop at most ${of.most}, both sides together` as const;

/** never or 0 where nothing is left. */
type Cropped<I, P> = P extends readonly [infer Before, infer After] ? Sub<I, Add<Before, After>> : Sub<I, Mul<P, 2>>;
type AllCropped<Axes, P> = { -readonly [I in keyof Axes]: Cropped<Axes[I], At<P, I>> };
type IsNothing<Size> = [Size] extends [0] ? true : false;
type SomeNothing<Sizes extends readonly unknown[]> = true extends { [I in keyof Sizes]: IsNothing<Sizes[I]> }[number]
  ? true
  : false;
type OneLess<Axes> = { [I in keyof Axes]: Sub<Axes[I], 1> };

/** The cropped axes and the channels, or the sentence. */
export type CroppingShape<Layer extends string, R extends Rank, S, P> =
  SpatialShape<Layer, R, S> extends infer X
    ? X extends readonly [...infer Axes, infer C]
      ? SizeProblem<Layer, "cropping", P, 0> extends infer M extends string
        ? ShapeError<M>
        : AllCropped<Axes, ByAxis<R, P>> extends infer Left extends readonly unknown[]
          ? SomeNothing<Left> extends true
            ? ShapeError<
                ReturnType<typeof leavesNothing<Layer, OptionText<P>, ShapeText<Axes>, ShapeText<OneLess<Axes>>>>
              >
            : [...Left, C]
          : never
      : X
    : never;

/** Run-time twin of {@link CroppingShape}. */
export const croppingShape = (
  { layer, rank }: LayerOfRank,
  cropping: AxesPadding,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const spatial = spatialShape(layer, rank, shape);
  if (E.isLeft(spatial)) return spatial;
  const problem = sizeProblem(layer, { name: "cropping", value: cropping, least: 0 }, areSides[rank]);
  if (problem !== undefined) return E.left(problem);
  const sides = sidesOfRank(rank, cropping);
  const { axes, channels } = spatial.right;
  const left = axes.map((dim, axis) => cropAxis(dim, sides[axis] ?? [0, 0]));
  if (left.every((dim) => dim === null || dim > 0)) return E.right([...left, channels]);
  const most = shapeText(axes.map((dim) => (dim === null ? null : dim - 1)));
  return E.left(leavesNothing({ layer, cropping: optionText(cropping), input: shapeText(axes), most }));
};

const cropAxis = (dim: Dim, [before, after]: Sides): Dim => (dim === null ? null : dim - before - after);
