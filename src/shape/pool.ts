/** The shape rule of poolings: a window without weights, smaller padding than window. */
import { E, type Either } from "../fp.js";
import { imageShape, type ImageShape } from "./image.js";
import type { Sub } from "./nat.js";
import {
  isPaddingOption,
  isPairOption,
  pairOf,
  sidesOf,
  type First,
  type PaddingOption,
  type PairOption,
  type Second,
} from "./padding.js";
import type { Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";
import { windowShape, type WindowShape } from "./window.js";

const padsTooLarge = <Layer extends string, Pads extends string, Pool extends string>(
  layer: Layer,
  pads: Pads,
  pool: Pool,
) =>
  `${layer}: padding ${pads} is not smaller than the pool ${pool}, so that windows would hold no cell: use a smaller padding, or zeroPadding2d before it` as const;

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
type PadsProblem<Layer extends string, K, P> = P extends string
  ? undefined
  : [TooLarge<First<P>, First<K>> | TooLarge<Second<P>, Second<K>>] extends [never]
    ? undefined
    : ReturnType<typeof padsTooLarge<Layer, OptionText<P>, ShapeText<[First<K>, Second<K>]>>>;
const padsProblem = (layer: string, pool: PairOption, padding: PaddingOption): string | undefined => {
  if (padding === "valid" || padding === "same") return undefined;
  const pools = pairOf(pool);
  return sidesOf(padding).some((sides, axis) => sides.some((side) => side >= (pools[axis] ?? 0)))
    ? padsTooLarge(layer, optionText(padding), shapeText(pools))
    : undefined;
};

type PoolProblem<Layer extends string, K, St, P> =
  SizeProblem<Layer, "poolSize", K> extends infer M extends string
    ? M
    : SizeProblem<Layer, "strides", St> extends infer M extends string
      ? M
      : SizeProblem<Layer, "padding", P, 0> extends infer M extends string
        ? M
        : PadsProblem<Layer, K, P>;

/** [h', w', channels], or the sentence. */
export type PoolShape<Layer extends string, S, K, St, P> =
  ImageShape<Layer, S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? PoolProblem<Layer, K, St, P> extends infer M extends string
        ? ShapeError<M>
        : WindowShape<Layer, "pool", H, W, C, K, St, P, 1>
      : X
    : never;

/** Options of a pooling, defaults filled in. */
export interface Pool {
  readonly poolSize: PairOption;
  readonly strides: PairOption;
  readonly padding: PaddingOption;
}

/** Run-time twin of {@link PoolShape}. */
export const poolShape = (
  layer: string,
  { poolSize, strides, padding }: Pool,
  shape: Shape | undefined,
): Either<string, Shape> => {
  const image = imageShape(layer, shape);
  if (E.isLeft(image)) return image;
  const problem =
    sizeProblem(layer, { name: "poolSize", value: poolSize }, isPairOption) ??
    sizeProblem(layer, { name: "strides", value: strides }, isPairOption) ??
    sizeProblem(layer, { name: "padding", value: padding, least: 0 }, isPaddingOption) ??
    padsProblem(layer, poolSize, padding);
  return problem === undefined
    ? windowShape(layer, "pool", image.right, { kernel: poolSize, strides, padding, dilation: 1 })
    : E.left(problem);
};
