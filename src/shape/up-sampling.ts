/** The shape rule of up-sampling: each axis times a whole number. */
import { E, type Either } from "../fp.js";
import { perAxis, type At, type AxesOption } from "./axis-options.js";
import { isSizes, spatialShape, type Rank, type SpatialShape } from "./by-rank.js";
import type { IsTooLarge } from "./depth-multiplier.js";
import type { Mul } from "./nat.js";
import type { Shape, ShapeError } from "./shape.js";
import { largest, sizeProblem, type SizeProblem } from "./size.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";
import { tooMany, volume, type TooMany, type Volume } from "./volume.js";

const tooLong = <Layer extends string, Size extends string, Text extends string>(
  layer: Layer,
  size: Size,
  text: Text,
) => `${layer}: size ${size} makes an axis of [${text}] longer than 999999999: use a smaller size` as const;

/** True where an axis would be longer than any size. */
type SomeTooLong<Axes, F> = true extends { [I in keyof Axes]: IsTooLarge<Axes[I], At<F, I>> }[keyof Axes & number]
  ? true
  : false;
type Scaled<Axes, F> = { -readonly [I in keyof Axes]: Mul<Axes[I], At<F, I>> };

/** The larger axes and the channels, or the sentence. */
export type UpSamplingShape<Layer extends string, R extends Rank, S, F> =
  SpatialShape<Layer, R, S> extends infer X
    ? X extends readonly [...infer Axes, infer C]
      ? SizeProblem<Layer, "size", F> extends infer M extends string
        ? ShapeError<M>
        : SomeTooLong<Axes, F> extends true
          ? ShapeError<ReturnType<typeof tooLong<Layer, OptionText<F>, ShapeText<X>>>>
          : Scaled<Axes, F> extends infer Large extends readonly unknown[]
            ? Fitting<Layer, [...Large, C]>
            : never
      : X
    : never;
type Fitting<Layer extends string, S> = [Volume<S>] extends ["many"] ? ShapeError<TooMany<Layer, S>> : S;

/** Run-time twin of {@link UpSamplingShape}. */
export const upSamplingShape = (
  { layer, rank }: { readonly layer: string; readonly rank: Rank },
  size: AxesOption,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const spatial = spatialShape(layer, rank, shape);
  if (E.isLeft(spatial)) return spatial;
  const problem = sizeProblem(layer, { name: "size", value: size }, isSizes[rank]);
  if (problem !== undefined) return E.left(problem);
  const { axes, channels } = spatial.right;
  const factors = perAxis(size, rank);
  const text = shapeText([...axes, channels]);
  if (axes.some((dim, axis) => dim !== null && dim * (factors[axis] ?? 1) > largest))
    return E.left(tooLong(layer, optionText(size), text));
  const large: Shape = [...axes.map((dim, axis) => (dim === null ? null : dim * (factors[axis] ?? 1))), channels];
  return volume(large) === "many" ? E.left(tooMany(layer, large)) : E.right(large);
};
