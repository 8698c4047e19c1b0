/** Sums, means and maxima along axes. */
import { invariant } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isPoisoned, type AsShape, type Dim, type Shape, type ShapeError } from "../../shape/shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../../shape/text.js";
import type { Guard, Key } from "../layer.js";
import { firstAxisOf, placesOf, type FirstAxis, type PlacesOf } from "./axes.js";
import { applyOperation, type AxesOf, type Tensor, type TensorLike } from "./operand.js";

interface ReduceOptions<A, K> {
  /** By number, as the tensor has them: axis 0 of an expression is the batch, which stays; −1 is the last. */
  readonly axes: A;
  /** Whether a reduced axis stays, as 1. */
  readonly keepDims?: K | undefined;
}

const noAxes = <Name extends string, Axes extends string, Text extends string, First extends number>(of: {
  readonly name: Name;
  readonly axes: Axes;
  readonly text: Text;
  readonly first: First;
}) =>
  `${of.name}: axes ${of.axes} do not name axes of [${of.text}]: name each once, from ${of.first} on or from the end by -1, -2, …` as const;

/** Types: the shape after the reduction, or the sentence. */
export type ReducedShape<Name extends string, S, A, K, First extends 0 | 1> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? PlacesOf<A, S, First> extends infer P
        ? P extends "none"
          ? ShapeError<ReturnType<typeof noAxes<Name, OptionText<A>, ShapeText<S>, First>>>
          : P extends readonly number[]
            ? [K] extends [true]
              ? { -readonly [I in keyof S]: I extends `${P[number]}` ? 1 : S[I] }
              : Kept<S, P[number]>
            : Dim[]
        : never
      : never;
type Kept<S, P, Seen extends unknown[] = []> = S extends readonly [infer Head, ...infer Rest]
  ? Seen["length"] extends P
    ? Kept<Rest, P, [...Seen, Head]>
    : [Head, ...Kept<Rest, P, [...Seen, Head]>]
  : [];

interface Axes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly first: 0 | 1;
}

/** Run-time twin of {@link ReducedShape}. */
const reducedShape = (name: string, shape: Shape, { axes, keepDims, first }: Axes): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  const places = placesOf(axes, shape.length, first);
  if (places === undefined) return E.left(noAxes({ name, axes: optionText(axes), text: shapeText(shape), first }));
  return E.right(
    keepDims
      ? shape.map((dim, place) => (places.includes(place) ? 1 : dim))
      : shape.filter((_, place) => !places.includes(place)),
  );
};

/** {@link ReducedShape}, deferred while a shape is generic; see Out. */
interface ReducedOut<in out Name extends string, in out S, in out A, in out K, in out First extends 0 | 1> {
  out: AsShape<ReducedShape<Name, S, A, K, First>>;
}

/** A reduction by its name, which is the graph's too. */
export interface Reduction<Name extends string> {
  <X extends Tensor, const A extends readonly number[], K extends boolean = false>(
    x: X,
    options: ReduceOptions<A, K> & Guard<ReducedOut<Name, AxesOf<X>, A, K, FirstAxis<X>>[Key<[AxesOf<X>, A, K]>]>,
  ): TensorLike<X, ReducedOut<Name, AxesOf<X>, A, K, FirstAxis<X>>[Key<[AxesOf<X>, A, K]>]>;
}

const reduction = <Name extends string>(name: Name): Reduction<Name> => {
  const reduce = (x: Tensor, options: ReduceOptions<readonly number[], boolean>): Tensor => {
    const first = firstAxisOf(x);
    const { axes, keepDims = false } = options;
    return applyOperation(
      {
        name,
        options,
        given: [{ input: 0 }, { value: options }],
        rule: ([shape = []]) => reducedShape(name, shape, { axes, keepDims, first }),
        build: ({ emit }, [value]) => {
          invariant(value, `${name} has one operand`);
          const places = placesOf(axes, value.type.shape.length - first, first) ?? [];
          return emit(name, [value], {
            axes: places.map((place) => place + first).toSorted((a, b) => a - b),
            keepDims,
          });
        },
      },
      [x],
    );
  };
  // Sound: reducedShape is the run-time twin of ReducedShape.
  return reduce as unknown as Reduction<Name>;
};

/** The mean along axes. */
export const reduceMean: Reduction<"reduceMean"> = reduction("reduceMean");
/** The sum along axes. */
export const reduceSum: Reduction<"reduceSum"> = reduction("reduceSum");
/** The largest along axes. */
export const reduceMax: Reduction<"reduceMax"> = reduction("reduceMax");
