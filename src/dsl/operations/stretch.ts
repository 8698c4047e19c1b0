/** Shapes of operations by element: axes are aligned at the end, and 1 stretches, as in NumPy; the batch stays in front. */
import { E, type Either } from "../../fp.js";
import { mergeShapes, type MergeShape } from "../../shape/merge.js";
import type { Differ, Meet } from "../../shape/nat.js";
import { isPoisoned, type AsShape, type Dim, type Shape, type ShapeError } from "../../shape/shape.js";
import { shapeText, type ShapeText } from "../../shape/text.js";
import { isParam } from "../param.js";
import { axesOf, type AxesOf, type HasBatch, type Tensor, type TensorLike } from "./operand.js";

const noCommonShape = <Name extends string, A extends string, B extends string>(name: Name, a: A, b: B) =>
  `${name}: [${a}] and [${b}] have no common shape: make their axes equal, counted from the last, or 1` as const;
const longer = <Name extends string, A extends string, B extends string>(name: Name, a: A, b: B) =>
  `${name}: the weight [${b}] has more axes than [${a}], which has a batch axis before them: reshape one of them` as const;

/** One axis, or never when they differ. */
type StretchedDim<X, Y> = [X] extends [1] ? Y : [Y] extends [1] ? X : Differ<X, Y> extends true ? never : Meet<X, Y>;
const stretchedDim = (x: Dim, y: Dim): Dim | undefined =>
  x === 1 ? y : y === 1 ? x : x !== null && y !== null && x !== y ? undefined : (x ?? y);

/** The common shape, or never. */
type StretchedDims<A, B, Done extends unknown[] = []> = A extends readonly [...infer A2, infer X]
  ? B extends readonly [...infer B2, infer Y]
    ? [StretchedDim<X, Y>] extends [never]
      ? never
      : StretchedDims<A2, B2, [StretchedDim<X, Y>, ...Done]>
    : Written<A, Done>
  : B extends readonly unknown[]
    ? Written<B, Done>
    : never;
type Written<A, Done extends unknown[]> = A extends readonly [...infer Axes] ? [...Axes, ...Done] : never;
const stretchedDims = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number): Dim => {
    const own = axis - rank + shape.length;
    return own < 0 ? 1 : (shape[own] ?? null);
  };
  const dims = Array.from({ length: rank }, (_, axis) => stretchedDim(at(a, axis), at(b, axis)));
  const known = dims.filter((dim) => dim !== undefined);
  return known.length === rank ? known : undefined;
};

/** Both have a batch axis, or neither. */
type Stretched<Name extends string, A, B> =
  A extends ShapeError<string>
    ? A
    : B extends ShapeError<string>
      ? B
      : A extends Shape
        ? B extends Shape
          ? number extends A["length"]
            ? A
            : number extends B["length"]
              ? B
              : [StretchedDims<A, B>] extends [never]
                ? ShapeError<ReturnType<typeof noCommonShape<Name, ShapeText<A>, ShapeText<B>>>>
                : StretchedDims<A, B>
          : never
        : never;
/** A has a batch axis, B has none. */
type StretchedBatch<Name extends string, A, B> = A extends readonly unknown[]
  ? B extends readonly unknown[]
    ? number extends A["length"]
      ? A
      : IsLonger<B, A> extends true
        ? ShapeError<ReturnType<typeof longer<Name, ShapeText<A>, ShapeText<B>>>>
        : Stretched<Name, A, B>
    : never
  : never;
type IsLonger<B, A> = B extends readonly [unknown, ...infer B2]
  ? A extends readonly [unknown, ...infer A2]
    ? IsLonger<B2, A2>
    : true
  : false;

/** The shape of an operation by element on X and Y, which may be expressions, weights or numbers. */
export type StretchShape<Name extends string, X, Y> = X extends number
  ? AxesOf<Y>
  : Y extends number
    ? AxesOf<X>
    : X extends HasBatch
      ? Y extends HasBatch
        ? MergeShape<Name, AxesOf<X>, AxesOf<Y>, 1>
        : Errors<X, Y, StretchedBatch<Name, AxesOf<X>, AxesOf<Y>>>
      : Y extends HasBatch
        ? Errors<X, Y, StretchedBatch<Name, AxesOf<Y>, AxesOf<X>>>
        : Stretched<Name, AxesOf<X>, AxesOf<Y>>;
/** A sentence that an operand carries, else the shape. */
type Errors<X, Y, S> =
  AxesOf<X> extends ShapeError<string> ? AxesOf<X> : AxesOf<Y> extends ShapeError<string> ? AxesOf<Y> : S;

/** {@link StretchShape}, deferred while an operand's shape is generic; see Out. */
export interface StretchedOut<in out Name extends string, in out X, in out Y> {
  out: AsShape<StretchShape<Name, X, Y>>;
}

/** The shape of an operation on three operands or more, folded from the left; a sentence passes on. */
type StretchAllShape<Name extends string, X, Others> = Others extends readonly [infer Y, ...infer Rest]
  ? StretchAllShape<Name, TensorLike<X | Y, StretchShape<Name, X, Y>>, Rest>
  : AxesOf<X>;

/** That, deferred likewise. */
export interface StretchedAll<in out Name extends string, in out Xs> {
  out: AsShape<Xs extends readonly [infer X, ...infer Others] ? StretchAllShape<Name, X, Others> : never>;
}

/** Run-time twin of {@link StretchShape}, for operands of which it is known whether they have a batch axis. */
export const stretchRule = (
  name: string,
  [x, y]: readonly [Tensor | number, Tensor | number],
): ((a: Shape, b: Shape) => Either<string, Shape>) => {
  const batched = (operand: Tensor | number): boolean => typeof operand !== "number" && !isParam(operand);
  if (batched(x) && batched(y)) return (a, b) => mergeShapes(name, a, b, true);
  const stretched = (a: Shape, b: Shape): Either<string, Shape> => {
    const error = [a, b].find(isPoisoned);
    if (error !== undefined) return E.left(error.error);
    const common = stretchedDims(a, b);
    return common === undefined ? E.left(noCommonShape(name, shapeText(a), shapeText(b))) : E.right(common);
  };
  if (!batched(x) && !batched(y)) return stretched;
  const withBatch = (a: Shape, b: Shape): Either<string, Shape> =>
    b.length > a.length && !isPoisoned(a) && !isPoisoned(b)
      ? E.left(longer(name, shapeText(a), shapeText(b)))
      : stretched(a, b);
  return batched(x) ? withBatch : (a, b) => withBatch(b, a);
};

/** Folds {@link stretchRule} over operands. */
export const stretchAll = (
  name: string,
  operands: readonly Tensor[],
  shapes: readonly Shape[],
): Either<string, Shape> => {
  const [first, ...others] = operands;
  if (first === undefined) return E.left(`${name}: it takes tensors, and got none: give it at least one`);
  let sofar: Tensor = first;
  let shape: Either<string, Shape> = E.right(shapes[0] ?? axesOf(first));
  others.forEach((next, i) => {
    const rule = stretchRule(name, [sofar, next]);
    shape = E.chain((own: Shape) => rule(own, shapes[i + 1] ?? axesOf(next)))(shape);
    if (isParam(sofar)) sofar = next;
  });
  return shape;
};
