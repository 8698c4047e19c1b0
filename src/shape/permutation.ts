/** The shape rule of permute: the same axes in another order, counted from 1. */
import { E, type Either } from "../fp.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "./shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";

const noOrder = <Dims extends string, Rank extends number, Text extends string>(dims: Dims, rank: Rank, text: Text) =>
  `permute: dims ${dims} is no order of the axes of [${text}]: use each of 1 to ${rank} once` as const;

/** 1 | 2 | … up to the number of axes. */
type Places<S, Done extends unknown[] = [unknown]> = S extends readonly [unknown, ...infer Rest]
  ? Done["length"] | Places<Rest, [...Done, unknown]>
  : never;
/** Whether the known places are among those left, each once. */
type IsOrder<T, Left> = T extends readonly [infer Place, ...infer Rest]
  ? Place extends number
    ? number extends Place
      ? IsOrder<Rest, Left>
      : Place extends Left
        ? IsOrder<Rest, Exclude<Left, Place>>
        : false
    : false
  : true;
/** The axis of each place; any where only the run time knows which. */
type Ordered<S extends Shape, T> = {
  -readonly [I in keyof T]: number extends T[I] ? Dim : [unknown, ...S][T[I] & keyof [unknown, ...S]];
};
type Wide<S> = { -readonly [I in keyof S]: Dim };

/** The axes in their new order, or the sentence. */
export type PermutedShape<S, T extends readonly number[]> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? Wide<T>
        : number extends T["length"]
          ? Wide<S>
          : T["length"] extends S["length"]
            ? IsOrder<T, Places<S>> extends true
              ? Ordered<S, T>
              : NoOrder<S, T>
            : NoOrder<S, T>
      : never;
type NoOrder<S extends Shape, T> = ShapeError<ReturnType<typeof noOrder<OptionText<T>, S["length"], ShapeText<S>>>>;

/** Run-time twin of {@link PermutedShape}. */
export const permutedShape = (shape: Shape, dims: readonly number[]): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  // Files are run without a type check, so the form of the option is looked at, too.
  const isOrder =
    Array.isArray(dims) && dims.length === shape.length && shape.every((_, axis) => dims.includes(axis + 1));
  return isOrder
    ? E.right(dims.map((place) => shape[place - 1] ?? null))
    : E.left(noOrder(optionText(dims), shape.length, shapeText(shape)));
};
