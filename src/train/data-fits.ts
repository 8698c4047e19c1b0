/** Whether examples fit the model and its losses: in types, as far as arrays' types know shapes; the same sentences serve the run time. */
import type { AnyDataset, ClassesOf, Stacked } from "../data/dataset.js";
import type { NdArray } from "../data/nd-array.js";
import type { AnyExpr } from "../dsl/expr.js";
import type { Agrees } from "../shape/given-input.js";
import type { ShapeError } from "../shape/shape.js";
import type { DimText } from "../shape/text.js";
import type { IsOne, LossAt, OutputOf } from "./fits.js";
import type { Losses } from "./heads.js";
import type { LabelKind, Loss } from "./losses/loss.js";

/** For an array that is `f32[64, 28, 28, 1]` where another is needed; types do not know how many examples there are and say `?`. */
export const otherArray = <Name extends string, Given extends string, Needed extends string>(
  name: Name,
  given: Given,
  needed: Needed,
) => `batch: '${name}' is ${given}, the model needs ${needed}: give data of that shape` as const;
export const otherClasses = <Given extends string, Needed extends string>(given: Given, needed: Needed) =>
  `labels: the data have ${given} classes, and the model's output has ${needed}: mend the data or the last layer` as const;

/** `28, 28, 1`, after what comes before it. */
type Listed<S, Before extends string> = S extends readonly [infer D, ...infer Rest]
  ? Listed<Rest, `${Before}, ${DimText<D>}`>
  : Before;
type ArrayText<D extends string, S> = `${D}[${Listed<S, "?">}]`;

/** The shape of an example of an array, without the axis of examples; `never` where types do not know it. */
type ExampleShape<A> = A extends { readonly shape: readonly [number, ...infer Rest] } ? Rest : never;
type KnownShape<X> = X extends { readonly shape: infer S }
  ? S extends ShapeError<string>
    ? never
    : S extends readonly unknown[]
      ? number extends S["length"]
        ? never
        : S
      : never
  : never;

/** `unknown` for an array that fits the expression, or where types do not know; else the sentence. */
type ArrayFits<Name extends string, A, X> = [ExampleShape<A>] extends [never]
  ? unknown
  : [KnownShape<X>] extends [never]
    ? unknown
    : Agrees<ExampleShape<A>, KnownShape<X>> extends true
      ? unknown
      : ReturnType<typeof otherArray<Name, ArrayText<"f32", ExampleShape<A>>, ArrayText<"f32", KnownShape<X>>>>;

/** A lone input is called `input` here: types do not know another name. */
type InputsFit<I, A> = I extends AnyExpr
  ? ArrayFits<"input", A, I>
  : A extends NdArray
    ? unknown
    : { readonly [K in keyof A]: K extends keyof I & string ? ArrayFits<K, A[K], I[K]> : unknown };

type AllButLast<S> = S extends readonly [...infer Rest, unknown] ? Rest : [];
/** As at run time, an axis of 1 at the end is added or left out. */
type LabelsAgree<Given, Needed> =
  Agrees<Given, Needed> extends true
    ? true
    : Given extends readonly [...infer Rest, 1]
      ? Agrees<Rest, Needed>
      : Needed extends readonly [...infer Rest, 1]
        ? Agrees<Given, Rest>
        : false;

type LabelsOfKind<Name extends string, A, Needed, D extends string> = [Needed] extends [never]
  ? unknown
  : [ExampleShape<A>] extends [never]
    ? unknown
    : LabelsAgree<ExampleShape<A>, Needed> extends true
      ? unknown
      : A extends { readonly dtype: infer Given extends string }
        ? ReturnType<typeof otherArray<Name, ArrayText<Given, ExampleShape<A>>, ArrayText<D, Needed>>>
        : unknown;
type LabelsFitOutput<Name extends string, A, X, L> =
  L extends Loss<infer _In, infer _Family, infer Kind>
    ? [LabelKind] extends [Kind]
      ? unknown
      : [Kind] extends ["classes"]
        ? LabelsOfKind<Name, A, [KnownShape<X>] extends [never] ? never : AllButLast<KnownShape<X>>, "i32">
        : [Kind] extends ["output"]
          ? LabelsOfKind<Name, A, KnownShape<X>, "f32">
          : unknown
    : unknown;
type LabelsFit<O, L, B> =
  IsOne<O> extends true
    ? LabelsFitOutput<"labels", B, O, LossAt<L, "output">>
    : B extends NdArray
      ? unknown
      : {
          readonly [K in keyof B]: K extends keyof O & string
            ? LabelsFitOutput<`labels/${K}`, B[K], O[K], LossAt<L, K>>
            : unknown;
        };

/** The classes that labels are said to be of, and the number that the only output tells apart. */
type ClassesFit<O, L, C> =
  IsOne<O> extends true
    ? LossAt<L, "output"> extends Loss<infer _In, infer Family>
      ? [Family] extends ["categorical"]
        ? KnownShape<O> extends readonly [...unknown[], infer Last]
          ? number extends C | Last
            ? unknown
            : [C] extends [Last]
              ? unknown
              : ReturnType<typeof otherClasses<DimText<C>, DimText<Last>>>
          : unknown
        : unknown
      : unknown
    : unknown;

/** `unknown` where nothing is said, so that it vanishes from an intersection. */
type Said<K extends string, Fits> = unknown extends Fits ? unknown : { readonly [Key in K]: Fits };

/** The first thing that is said: two sentences in one place would be `never`, and no text. */
type FirstSaid<A, B> = unknown extends A ? B : A;

type KnownExamplesFit<M, L, X> = X extends { readonly x: infer A; readonly y: infer B }
  ? Said<"x", M extends { readonly inputs: infer I } ? (unknown extends I ? unknown : InputsFit<I, A>) : unknown> &
      // The number of classes is said of the labels: a number that were a sentence, too, would be `never` as well.
      Said<
        "y",
        unknown extends OutputOf<M>
          ? unknown
          : FirstSaid<
              LabelsFit<OutputOf<M>, L, B>,
              X extends { readonly classes: infer C } ? ClassesFit<OutputOf<M>, L, C> : unknown
            >
      >
  : unknown;

/** What a data set's batches are, compared as arrays are; the sentence stands at its source, which is what gives them. */
type DatasetFit<M, L, X> =
  X extends AnyDataset<infer A, infer B>
    ? BatchesFit<
        KnownExamplesFit<M, L, { readonly x: Stacked<A>; readonly y: Stacked<B>; readonly classes: ClassesOf<B> }>
      >
    : KnownExamplesFit<M, L, X>;
type BatchesFit<Fits> = Said<
  "source",
  FirstSaid<Fits extends { readonly x: infer A } ? A : unknown, Fits extends { readonly y: infer B } ? B : unknown>
>;

/** `unknown` for examples that fit, or where types do not know; else the sentence where it belongs. */
export type ExamplesFit<M, L extends Losses, X> = unknown extends M
  ? unknown
  : undefined extends X
    ? DatasetFit<M, L, Exclude<X, undefined>> | undefined
    : DatasetFit<M, L, X>;

/** {@link ExamplesFit} for each part of a task's data. */
export type TaskDataFits<M, L extends Losses, D> = {
  readonly [K in keyof D]: K extends "train" | "validation" | "test" ? ExamplesFit<M, L, D[K]> : unknown;
};
