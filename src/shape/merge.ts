/** Merging by element: shapes must be equal; with broadcasting an axis of 1 stretches. */
import { E, type Either } from "../fp.js";
import { mergeRemedy, type MergeRemedy } from "./merge-remedy.js";
import type { Differ, Meet } from "./nat.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { dimText, shapeText, type DimText, type ShapeText } from "./text.js";

const imageAxes = ["height", "width", "channels"] as const;

/** What people call an axis: by its place in an image, else by its number, where the batch is axis 0. */
type AxisName<Rank, Index extends number> = Rank extends 3
  ? (typeof imageAxes)[Index]
  : `axis ${[1, 2, 3, 4, 5, 6, 7, 8][Index]}`;
const axisName = (rank: number, index: number): string => (rank === 3 ? (imageAxes[index] ?? "") : `axis ${index + 1}`);

const differInRank = <Layer extends string, A extends string, B extends string>(layer: Layer, a: A, b: B) =>
  `${layer}: shapes [${a}] and [${b}] differ in rank: reshape one of them` as const;
const differInAxis = <
  Layer extends string,
  A extends string,
  B extends string,
  Axis extends string,
  X extends string,
  Y extends string,
  Mend extends string,
>(of: {
  readonly layer: Layer;
  readonly a: A;
  readonly b: B;
  readonly axis: Axis;
  readonly x: X;
  readonly y: Y;
  readonly remedy: Mend;
}) => `${of.layer}: shapes ${of.a} and ${of.b} differ in ${of.axis}, ${of.x} and ${of.y}: ${of.remedy}` as const;

export type RankMismatch<Layer extends string, A, B> = ReturnType<
  typeof differInRank<Layer, ShapeText<A>, ShapeText<B>>
>;
export const rankMismatch = (layer: string, a: Shape, b: Shape): string =>
  differInRank(layer, shapeText(a), shapeText(b));

type AxisSentence<Layer extends string, A, B, X, Y, Axis extends string, Mend extends string> = ReturnType<
  typeof differInAxis<Layer, ShapeText<A>, ShapeText<B>, Axis, DimText<X>, DimText<Y>, Mend>
>;
/** The sentence about the axis of that index. */
export type AxisMismatch<Layer extends string, A extends Shape, B extends Shape, Index extends number> = AxisSentence<
  Layer,
  A,
  B,
  A[Index],
  B[Index],
  AxisName<A["length"], Index>,
  MergeRemedy<A, B, Index>
>;
export const axisMismatch = (layer: string, a: Shape, b: Shape, index: number): string => {
  const axis = axisName(a.length, index);
  const [x = null, y = null] = [a[index], b[index]];
  return differInAxis({
    layer,
    a: shapeText(a),
    b: shapeText(b),
    axis,
    x: dimText(x),
    y: dimText(y),
    remedy: mergeRemedy(a, b, index),
  });
};

/** One axis of the result, or never when they differ. Without broadcasting Stretch is never. */
type MergedDim<X, Y, Stretch> = [X] extends [Stretch]
  ? Y
  : [Y] extends [Stretch]
    ? X
    : Differ<X, Y> extends true
      ? never
      : Meet<X, Y>;
const mergedDim = (x: Dim, y: Dim, broadcast: boolean): Dim | undefined => {
  if (broadcast && (x === 1 || y === 1)) return x === 1 ? y : x;
  return x !== null && y !== null && x !== y ? undefined : (x ?? y);
};

/** The common shape, or the index of the first axis in which they differ. */
type MergedDims<A, B, Stretch, Done extends unknown[] = []> = A extends readonly [infer X, ...infer A2]
  ? B extends readonly [infer Y, ...infer B2]
    ? [MergedDim<X, Y, Stretch>] extends [never]
      ? Done["length"]
      : MergedDims<A2, B2, Stretch, [...Done, MergedDim<X, Y, Stretch>]>
    : never
  : Done;

/** The shape of a merge of A and B, or the sentence; Stretch is 1 where an axis of 1 broadcasts. */
export type MergeShape<Layer extends string, A, B, Stretch = "none"> =
  A extends ShapeError<string>
    ? A
    : B extends ShapeError<string>
      ? B
      : A extends Shape
        ? B extends Shape
          ? number extends A["length"]
            ? B
            : number extends B["length"]
              ? A
              : A["length"] extends B["length"]
                ? MergedDims<A, B, Stretch> extends infer R
                  ? R extends number
                    ? ShapeError<AxisMismatch<Layer, A, B, R>>
                    : R
                  : never
                : ShapeError<RankMismatch<Layer, A, B>>
          : never
        : never;
/** Run-time twin of {@link MergeShape}. */
export const mergeShapes = (layer: string, a: Shape, b: Shape, broadcast = false): Either<string, Shape> => {
  if (isPoisoned(a)) return E.left(a.error);
  if (isPoisoned(b)) return E.left(b.error);
  if (a.length !== b.length) return E.left(rankMismatch(layer, a, b));
  const merged: Dim[] = [];
  for (const [index, x] of a.entries()) {
    const dim = mergedDim(x, b[index] ?? null, broadcast);
    if (dim === undefined) return E.left(axisMismatch(layer, a, b, index));
    merged.push(dim);
  }
  return E.right(merged);
};

/** Folds {@link MergeShape} over many. */
export type MergeAll<Layer extends string, First, Others, Stretch = "none"> = Others extends readonly [
  infer Next,
  ...infer Rest,
]
  ? MergeAll<Layer, MergeShape<Layer, First, Next, Stretch>, Rest, Stretch>
  : First;
/** Run-time twin of {@link MergeAll}. */
export const mergeAll = (layer: string, shapes: readonly Shape[], broadcast = false): Either<string, Shape> => {
  const [first = [], ...others] = shapes;
  return others.reduce<Either<string, Shape>>(
    (merged, next) => E.chain((shape: Shape) => mergeShapes(layer, shape, next, broadcast))(merged),
    isPoisoned(first) ? E.left(first.error) : E.right(first),
  );
};
