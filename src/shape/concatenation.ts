/** Joining along one axis: all others must be equal. */
import { E, type Either } from "../fp.js";
import { placeOf, type PlaceOf } from "./axis.js";
import { axisMismatch, rankMismatch, type AxisMismatch, type RankMismatch } from "./merge.js";
import type { Add, Differ, Meet } from "./nat.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";

const nothingToJoin = "concatenate: it needs at least one input: write concatenate([a, b])" as const;

const noAxis = <Axis extends string, Text extends string, Rank extends number>(axis: Axis, text: Text, rank: Rank) =>
  `concatenate: axis ${axis} is none of the axes of [${text}]: use 1 to ${rank} (0 is the batch), or -1 for the last` as const;

/** The joined shape, or the index of the first other axis that differs. */
type JoinedDims<A, B, Place, Done extends unknown[] = []> = A extends readonly [infer X, ...infer A2]
  ? B extends readonly [infer Y, ...infer B2]
    ? Done["length"] extends Place
      ? JoinedDims<A2, B2, Place, [...Done, Add<X, Y>]>
      : Differ<X, Y> extends true
        ? Done["length"]
        : JoinedDims<A2, B2, Place, [...Done, Meet<X, Y>]>
    : never
  : Done;

type Join<A, B, Place> =
  A extends ShapeError<string>
    ? A
    : B extends ShapeError<string>
      ? B
      : A extends Shape
        ? B extends Shape
          ? number extends A["length"] | B["length"]
            ? Shape
            : A["length"] extends B["length"]
              ? JoinedDims<A, B, Place> extends infer R
                ? R extends number
                  ? ShapeError<AxisMismatch<"concatenate", A, B, R>>
                  : R
                : never
              : ShapeError<RankMismatch<"concatenate", A, B>>
          : never
        : never;
const join = (a: Shape, b: Shape, place: number): Either<string, Shape> => {
  if (isPoisoned(b)) return E.left(b.error);
  if (a.length !== b.length) return E.left(rankMismatch("concatenate", a, b));
  const joined: Dim[] = [];
  for (const [index, x] of a.entries()) {
    const y = b[index] ?? null;
    if (index !== place && x !== null && y !== null && x !== y) return E.left(axisMismatch("concatenate", a, b, index));
    joined.push(index !== place ? (x ?? y) : x === null || y === null ? null : x + y);
  }
  return E.right(joined);
};

type JoinAll<First, Others, Place> = Others extends readonly [infer Next, ...infer Rest]
  ? JoinAll<Join<First, Next, Place>, Rest, Place>
  : First;

/** An axis that only the run time knows: all axes are unknown. */
type Wide<S> = { -readonly [I in keyof S]: Dim };

/** The shapes joined along Axis, which counts the batch axis as Keras does, or the sentence. */
export type ConcatenatedShape<Shapes, Axis extends number> = Shapes extends readonly [infer First, ...infer Others]
  ? First extends ShapeError<string>
    ? First
    : First extends Shape
      ? number extends First["length"]
        ? Shape
        : number extends Axis
          ? Wide<First>
          : [PlaceOf<Axis, First>] extends [never]
            ? ShapeError<ReturnType<typeof noAxis<OptionText<Axis>, ShapeText<First>, First["length"]>>>
            : JoinAll<First, Others, PlaceOf<Axis, First>>
      : never
  : Shapes extends readonly []
    ? ShapeError<typeof nothingToJoin>
    : Shape;
/** Run-time twin of {@link ConcatenatedShape}. */
export const concatenatedShape = (shapes: readonly Shape[], axis: number): Either<string, Shape> => {
  const [first, ...others] = shapes;
  if (first === undefined) return E.left(nothingToJoin);
  if (isPoisoned(first)) return E.left(first.error);
  const place = placeOf(axis, first.length);
  if (place === undefined) return E.left(noAxis(optionText(axis), shapeText(first), first.length));
  return others.reduce<Either<string, Shape>>(
    (joined, next) => E.chain((shape: Shape) => join(shape, next, place))(joined),
    E.right(first),
  );
};
