/** The shape rule of adaptive poolings: the sizes that are asked for, and the channels. */
import { E, type Either } from "../fp.js";
import { perAxis, type AxesOption, type PerAxis } from "./axis-options.js";
import { isSizes, spatialShape, type Rank, type SpatialShape } from "./by-rank.js";
import type { Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";

/** The asked sizes and the channels, or the sentence. */
export type AdaptivePoolShape<Layer extends string, R extends Rank, S, O> =
  SpatialShape<Layer, R, S> extends infer X
    ? X extends readonly [...infer Axes, infer C]
      ? SizeProblem<Layer, "outputSize", O> extends infer M extends string
        ? ShapeError<M>
        : [...PerAxis<O, Axes>, C]
      : X
    : never;

/** Run-time twin of {@link AdaptivePoolShape}. */
export const adaptivePoolShape = (
  { layer, rank }: { readonly layer: string; readonly rank: Rank },
  outputSize: AxesOption,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const spatial = spatialShape(layer, rank, shape);
  if (E.isLeft(spatial)) return spatial;
  const problem = sizeProblem(layer, { name: "outputSize", value: outputSize }, isSizes[rank]);
  return problem === undefined ? E.right([...perAxis(outputSize, rank), spatial.right.channels]) : E.left(problem);
};
