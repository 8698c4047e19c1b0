/** The shape rule of poolings over one, two or three axes: a window without weights, smaller padding than window. */
import { E, type Either } from "../fp.js";
import { perAxis, sidesPerAxis, type At, type AxesOption, type AxesPadding, type PerAxis } from "./axis-options.js";
import { axesWindowShape, type AxesWindowShape } from "./axes-window.js";
import {
  areSides,
  byAxis,
  isSizes,
  spatialShape,
  type ByAxis,
  type Rank,
  type SidesOptionOf,
  type SpatialShape,
} from "./by-rank.js";
import type { Sub } from "./nat.js";
import type { Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";
import { brief, optionText, shapeText, type Brief, type OptionText, type ShapeText } from "./text.js";

const padsTooLarge = <Layer extends string, Pads extends string, Pool extends string, Rank extends number>(of: {
  readonly layer: Layer;
  readonly pads: Pads;
  readonly pool: Pool;
  readonly rank: Rank;
}) =>
  `${of.layer}: padding ${of.pads} is not smaller than the pool ${of.pool}, so that windows would hold no cell: use a smaller padding, or zeroPadding${of.rank}d before it` as const;

const padsBriefly = <Layer extends string, Rank extends number>(layer: Layer, rank: Rank) =>
  `${layer}: its padding is not smaller than its pool, so that windows would hold no cell: use a smaller padding, or zeroPadding${rank}d before it` as const;

/** The known paddings that reach the pool's size: never when none does. */
type TooLarge<Side, K> = Side extends readonly [infer Before, infer After]
  ? TooLarge<Before, K> | TooLarge<After, K>
  : Side extends number
    ? K extends number
      ? number extends Side | K
        ? never
        : Sub<Side, K>
      : never
    : never;
type SomeTooLarge<Axes extends readonly unknown[], Pads, K> = {
  [I in keyof Axes]: TooLarge<At<Pads, I>, At<K, I>>;
}[number];

/** Pads is the padding P by axis. */
type PadsProblem<Layer extends string, Axes extends readonly unknown[], K, P, Pads> = P extends string
  ? undefined
  : [SomeTooLarge<Axes, Pads, K>] extends [never]
    ? undefined
    : Brief<
        ReturnType<typeof padsTooLarge<Layer, OptionText<P>, ShapeText<PerAxis<K, Axes>>, Axes["length"]>>,
        ReturnType<typeof padsBriefly<Layer, Axes["length"]>>
      >;
const padsProblem = (layer: string, rank: Rank, { poolSize, padding }: Pool): string | undefined => {
  if (typeof padding === "string") return undefined;
  const pool = perAxis(poolSize, rank);
  const reaches = sidesPerAxis(byAxis(rank, padding), rank).some((sides, axis) =>
    sides.some((side) => side >= (pool[axis] ?? 0)),
  );
  if (!reaches) return undefined;
  const full = padsTooLarge({ layer, pads: optionText(padding), pool: shapeText(pool), rank });
  return brief(full, padsBriefly(layer, rank));
};

type PoolProblem<Layer extends string, Axes extends readonly unknown[], K, St, P, Pads> =
  SizeProblem<Layer, "poolSize", K> extends infer M extends string
    ? M
    : SizeProblem<Layer, "strides", St> extends infer M extends string
      ? M
      : SizeProblem<Layer, "padding", P, 0> extends infer M extends string
        ? M
        : PadsProblem<Layer, Axes, K, P, Pads>;

/** The pooled axes and the channels, or the sentence; R is how many axes the pool slides over. */
export type PoolShape<Layer extends string, R extends Rank, S, K, St, P, Strict = false> =
  SpatialShape<Layer, R, S> extends infer X
    ? X extends readonly [...infer Axes, infer C]
      ? PoolProblem<Layer, Axes, K, St, P, ByAxis<R, P>> extends infer M extends string
        ? ShapeError<M>
        : AxesWindowShape<Layer, Axes, C, K, St, ByAxis<R, P>, 1, OptionText<P>, Strict, "pool">
      : X
    : never;

/** The padding of a pooling. */
export type PoolPadding<R extends Rank> = "valid" | "same" | SidesOptionOf<R>;

/** Options of a pooling, defaults filled in. */
export interface Pool {
  readonly poolSize: AxesOption;
  readonly strides: AxesOption;
  readonly padding: AxesPadding;
  readonly strict?: boolean | undefined;
}

/** Run-time twin of {@link PoolShape}. */
export const poolShape = (
  { layer, rank }: { readonly layer: string; readonly rank: Rank },
  pool: Pool,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const { poolSize, strides, padding, strict = false } = pool;
  const spatial = spatialShape(layer, rank, shape);
  if (E.isLeft(spatial)) return spatial;
  const isPadding = (value: unknown): boolean => value === "valid" || value === "same" || areSides[rank](value);
  const problem =
    sizeProblem(layer, { name: "poolSize", value: poolSize }, isSizes[rank]) ??
    sizeProblem(layer, { name: "strides", value: strides }, isSizes[rank]) ??
    sizeProblem(layer, { name: "padding", value: padding, least: 0 }, isPadding) ??
    padsProblem(layer, rank, pool);
  if (problem !== undefined) return E.left(problem);
  const window = { kernel: poolSize, strides, padding: byAxis(rank, padding), dilation: 1 };
  return axesWindowShape(layer, { ...spatial.right, window, paddingText: optionText(padding), strict, word: "pool" });
};
