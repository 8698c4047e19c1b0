/** Operations that move elements: reshape, transpose, slice, pad. */
import type { Dims } from "../../compiler/ir/type.js";
import { invariant } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Add, Differ, Sub } from "../../shape/nat.js";
import { reshapedShape, type ReshapedShape } from "../../shape/reshape.js";
import { isPoisoned, type AsShape, type Dim, type Shape, type ShapeError } from "../../shape/shape.js";
import { allSizes } from "../../shape/size.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../../shape/text.js";
import type { Guard, Key } from "../layer.js";
import { firstAxisOf, placesOf, type FirstAxis, type PlacesOf } from "./axes.js";
import { applyOperation, type AxesOf, type Operation, type Tensor, type TensorLike } from "./operand.js";

/** The whole shape of a value again: the batch axis, where it has one, before the axes. */
const withBatch = (x: Tensor, given: Dims, axes: readonly number[]): Dims => [
  ...given.slice(0, firstAxisOf(x)),
  ...axes,
];
/** For each axis of a tensor: nothing for the batch, then what is given. */
const perAxis = <A>(x: Tensor, batch: A, axes: readonly A[]): readonly A[] =>
  firstAxisOf(x) === 1 ? [batch, ...axes] : axes;

/** Files are run without a type check; Array.isArray would make the items `any`. */
const isList = (value: readonly unknown[]): boolean => Array.isArray(value);

const moved = (
  name: string,
  x: Tensor,
  {
    rule,
    ...rest
  }: Pick<Operation, "options" | "given" | "build"> & { readonly rule: (shape: Shape) => Either<string, Shape> },
): Tensor =>
  applyOperation({ name, ...rest, rule: ([shape = []]) => (isPoisoned(shape) ? E.left(shape.error) : rule(shape)) }, [
    x,
  ]);

interface ReshapedOut<in out S, in out T> {
  out: AsShape<ReshapedShape<S, T>>;
}

/**
 * The same elements under another shape, one axis of which may be −1.
 *
 * @example
 * const kernel = ops.reshape(tensor([[1, 2], [3, 4]]), [2, 2, 1, 1]) // Param<[2, 2, 1, 1]>
 */
export function reshape<X extends Tensor, const T extends readonly number[]>(
  x: X,
  shape: T & Guard<ReshapedOut<AxesOf<X>, T>[Key<[AxesOf<X>, T]>]>,
): TensorLike<X, ReshapedOut<AxesOf<X>, T>[Key<[AxesOf<X>, T]>]> {
  const target: readonly number[] = shape;
  const made = moved("reshape", x, {
    options: { targetShape: target },
    given: [{ input: 0 }, { value: target }],
    rule: (own) => reshapedShape(own, target),
    build: ({ emit }, [value]) => {
      invariant(value, "reshape has one operand");
      const axes = value.type.shape.slice(firstAxisOf(x)).map(Number);
      const count = axes.reduce((a, b) => a * b, 1);
      const known = target.reduce((a, b) => a * (b === -1 ? 1 : b), 1);
      const full = target.map((size) => (size === -1 ? count / known : size));
      return emit("reshape", [value], { shape: withBatch(x, value.type.shape, full) });
    },
  });
  // Sound: reshapedShape is the run-time twin of ReshapedShape.
  return made as TensorLike<X, ReshapedOut<AxesOf<X>, T>[Key<[AxesOf<X>, T]>]>;
}

const noOrder = <Axes extends string, Text extends string>(axes: Axes, text: Text) =>
  `transpose: axes ${axes} are no order of the axes of [${text}]: name each once; the batch, axis 0 of an expression, stays` as const;

/** Types: the axes in that order, or the sentence. */
export type TransposedShape<S, A, First extends 0 | 1> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? PlacesOf<A, S, First> extends infer P
        ? P extends readonly number[]
          ? P["length"] extends S["length"]
            ? { -readonly [I in keyof P]: S[P[I] & keyof S] }
            : ShapeError<ReturnType<typeof noOrder<OptionText<A>, ShapeText<S>>>>
          : P extends "wide"
            ? Dim[]
            : ShapeError<ReturnType<typeof noOrder<OptionText<A>, ShapeText<S>>>>
        : never
      : never;
interface TransposedOut<in out S, in out A, in out First extends 0 | 1> {
  out: AsShape<TransposedShape<S, A, First>>;
}

/**
 * The axes in another order, by their numbers: those of an expression begin with 1 after the batch, those of a weight with 0.
 *
 * @example
 * const turned = ops.transpose(parameter([784, 10]), [1, 0]) // Param<[10, 784]>
 */
export function transpose<X extends Tensor, const A extends readonly number[]>(
  x: X,
  axes: A & Guard<TransposedOut<AxesOf<X>, A, FirstAxis<X>>[Key<[AxesOf<X>, A]>]>,
): TensorLike<X, TransposedOut<AxesOf<X>, A, FirstAxis<X>>[Key<[AxesOf<X>, A]>]> {
  const order: readonly number[] = axes;
  const first = firstAxisOf(x);
  const made = moved("transpose", x, {
    options: { axes: order },
    given: [{ input: 0 }, { value: order }],
    rule: (shape) => {
      const places = placesOf(order, shape.length, first);
      return places?.length === shape.length
        ? E.right(places.map((place) => shape[place] ?? null))
        : E.left(noOrder(optionText(order), shapeText(shape)));
    },
    build: ({ emit }, [value]) => {
      invariant(value, "transpose has one operand");
      const places = placesOf(order, value.type.shape.length - first, first) ?? [];
      return emit("transpose", [value], {
        permutation: perAxis(
          x,
          0,
          places.map((place) => place + first),
        ),
      });
    },
  });
  // Sound: the rule is the run-time twin of TransposedShape.
  return made as TensorLike<X, TransposedOut<AxesOf<X>, A, FirstAxis<X>>[Key<[AxesOf<X>, A]>]>;
}

const noSlice = <Begin extends string, Size extends string, Text extends string>(
  begin: Begin,
  size: Size,
  text: Text,
) =>
  `slice: begin ${begin} and size ${size} leave [${text}]: give each of its axes a begin and a size from 1 on that end inside it` as const;

/** Whether every part lies inside its axis. */
type Inside<S, Begin, Size> = S extends readonly [infer Dim, ...infer S2]
  ? Begin extends readonly [infer B, ...infer B2]
    ? Size extends readonly [infer N, ...infer N2]
      ? [Sub<Dim, Add<B, N>>] extends [never]
        ? false
        : Differ<N, 0> extends false
          ? false
          : Inside<S2, B2, N2>
      : false
    : false
  : [Begin, Size] extends [readonly [], readonly []]
    ? true
    : false;
/** Types: the sizes, or the sentence. */
export type SlicedShape<S, Begin, Size> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? Size extends readonly number[]
        ? number extends S["length"]
          ? Writable<Size>
          : Inside<S, Begin, Size> extends true
            ? Writable<Size>
            : ShapeError<ReturnType<typeof noSlice<OptionText<Begin>, OptionText<Size>, ShapeText<S>>>>
        : never
      : never;
type Writable<T> = { -readonly [I in keyof T]: T[I] };
interface SlicedOut<in out S, in out Begin, in out Size> {
  out: AsShape<SlicedShape<S, Begin, Size>>;
}

/**
 * A part of a tensor: for each axis but the batch, where it begins and how many there are.
 *
 * @example
 * const corner = ops.slice(input([28, 28, 1]), { begin: [0, 0, 0], size: [14, 14, 1] }) // Expr<[14, 14, 1]>
 */
export function slice<X extends Tensor, const B extends readonly number[], const N extends readonly number[]>(
  x: X,
  options: { readonly begin: B; readonly size: N } & Guard<SlicedOut<AxesOf<X>, B, N>[Key<[AxesOf<X>, B, N]>]>,
): TensorLike<X, SlicedOut<AxesOf<X>, B, N>[Key<[AxesOf<X>, B, N]>]> {
  const { begin, size }: { readonly begin: readonly number[]; readonly size: readonly number[] } = options;
  const made = moved("slice", x, {
    options: { begin, size },
    given: [{ input: 0 }, { value: { begin, size } }],
    rule: (shape) => {
      const fits =
        isList(begin) &&
        isList(size) &&
        begin.length === shape.length &&
        size.length === shape.length &&
        allSizes(begin, 0) &&
        allSizes(size, 1) &&
        shape.every((dim, axis) => dim === null || (begin[axis] ?? 0) + (size[axis] ?? 0) <= dim);
      return fits ? E.right([...size]) : E.left(noSlice(optionText(begin), optionText(size), shapeText(shape)));
    },
    build: ({ emit }, [value]) => {
      invariant(value, "slice has one operand");
      return emit("slice", [value], { begin: perAxis(x, 0, begin), size: withBatch(x, value.type.shape, size) });
    },
  });
  // Sound: the rule is the run-time twin of SlicedShape.
  return made as TensorLike<X, SlicedOut<AxesOf<X>, B, N>[Key<[AxesOf<X>, B, N]>]>;
}

type Sides = readonly [number, number];
const noPads = <Pads extends string, Text extends string>(pads: Pads, text: Text) =>
  `pad: paddings ${pads} do not fit [${text}]: give each of its axes a pair [before, after] of whole numbers from 0 on` as const;

type PaddedDims<S, P, Done extends unknown[] = []> = S extends readonly [infer Dim, ...infer S2]
  ? P extends readonly [readonly [infer Before, infer After], ...infer P2]
    ? PaddedDims<S2, P2, [...Done, Add<Dim, Add<Before, After>>]>
    : never
  : P extends readonly []
    ? Done
    : never;
/** Types: the axes with what is put around them, or the sentence. */
export type PaddedShape<S, P> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? P extends readonly unknown[]
        ? number extends S["length"] | P["length"]
          ? Dim[]
          : [PaddedDims<S, P>] extends [never]
            ? ShapeError<ReturnType<typeof noPads<OptionText<P>, ShapeText<S>>>>
            : PaddedDims<S, P>
        : never
      : never;
interface PaddedOut<in out S, in out P> {
  out: AsShape<PaddedShape<S, P>>;
}

/**
 * Puts a number around a tensor, zero unless another is given: for each axis but the batch a pair [before, after].
 *
 * @example
 * const framed = ops.pad(input([28, 28, 1]), [[2, 2], [2, 2], [0, 0]]) // Expr<[32, 32, 1]>
 */
export function pad<X extends Tensor, const P extends readonly Sides[]>(
  x: X,
  paddings: P & Guard<PaddedOut<AxesOf<X>, P>[Key<[AxesOf<X>, P]>]>,
  { value = 0 }: { readonly value?: number | undefined } = {},
): TensorLike<X, PaddedOut<AxesOf<X>, P>[Key<[AxesOf<X>, P]>]> {
  const sides: readonly Sides[] = paddings;
  const made = moved("pad", x, {
    options: { paddings: sides, value },
    given: [{ input: 0 }, { value: sides }, { value: { value } }],
    rule: (shape) => {
      const fits =
        isList(sides) &&
        sides.length === shape.length &&
        sides.every((pair) => Array.isArray(pair) && pair.length === 2 && allSizes(pair, 0));
      if (!fits) return E.left(noPads(optionText(sides), shapeText(shape)));
      if (!Number.isFinite(value)) return E.left(`pad: value ${String(value)} is not finite: use a number`);
      return E.right(shape.map((dim, axis) => addSides(dim, sides[axis] ?? [0, 0])));
    },
    build: ({ emit }, values) => emit("pad", values, { pads: perAxis<Sides>(x, [0, 0], sides), value }),
  });
  // Sound: the rule is the run-time twin of PaddedShape.
  return made as TensorLike<X, PaddedOut<AxesOf<X>, P>[Key<[AxesOf<X>, P]>]>;
}

const addSides = (dim: Dim, [before, after]: Sides): Dim => (dim === null ? null : dim + before + after);
