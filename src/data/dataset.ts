/** What a data set is: lazily read examples whose types know the pictures' shape and the number of classes. */
import type { SvertkaError } from "../errors.js";
import type { Either } from "../fp.js";
import type { Key } from "../random/index.js";
import type { Dtype, NdArray } from "./nd-array.js";

/** A picture: f32 [height, width, channels], from 0 to 1 unless it says otherwise. */
export type Image<S extends readonly number[] = readonly number[]> = NdArray<"f32", Readonly<S>>;

/** The number of a class, 0 … C − 1: i32 []. */
export type Label<C extends number = number> = NdArray<"i32", readonly []> & { readonly classes: C };

/** A class as a row of zeros with a one: f32 [C]. */
export type OneHot<C extends number = number> = NdArray<"f32", readonly [C]>;

/** What an example holds on either side: an array, arrays by input or output name, or nothing (no labels). */
export type Value = NdArray | Readonly<Record<string, NdArray>> | undefined;

/** An input, what belongs to it, and how much it counts (1 when not given). */
export interface Example<X = Value, Y = Value> {
  readonly x: X;
  readonly y: Y;
  readonly weight?: number | undefined;
}

/** Which reading of the data: all random choices follow from these two numbers. */
export interface Epoch {
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
}

/** Where an example (or a batch) stands, for maps that choose at random. */
export interface Place extends Epoch {
  /** Its number in the data set that is mapped. */
  readonly index: number;
  /** The key of a random stream that this example has to itself in this epoch and this step of the pipeline. */
  readonly key: Key;
}

/** What is read by number, in any order; undefined stands for an example that is left out. What cannot be read is a value. */
export interface Indexed<E> {
  readonly kind: "indexed";
  /** Infinity for those without an end. */
  readonly count: number;
  readonly read: (
    indices: ArrayLike<number>,
    epoch: Epoch,
  ) => Promise<Either<SvertkaError, readonly (E | undefined)[]>>;
}

/** What comes one after the other; after a failure nothing more comes. */
export interface Streamed<E> {
  readonly kind: "streamed";
  /** How many, where that is known; Infinity for those without an end. */
  readonly count: number | undefined;
  readonly open: (epoch: Epoch) => AsyncIterator<Either<SvertkaError, E>>;
}

export type Source<E> = Indexed<E> | Streamed<E>;

/**
 * The pipeline as plain data, by which another thread makes the same data set: an operation by name, its options, and what it
 * works on.
 */
export interface Plan {
  readonly op: string;
  readonly options: unknown;
  readonly of: readonly Plan[];
  /** False where a part of it is a function or an array that only this thread has. */
  readonly portable: boolean;
}

/** How a data set is read by those that want all of it. The values are the same whatever it says. */
export interface Reader {
  /** How many reads are begun before their results are asked for. */
  readonly ahead: number;
  /** The same values, read in other threads. */
  readonly elsewhere?: (<E>(source: Indexed<E>, plan: Plan) => Indexed<E>) | undefined;
}

interface Sequence<E> {
  readonly source: Source<E>;
  readonly plan: Plan;
  /** As `prefetch` says; one read after the other when not given. */
  readonly reader?: Reader | undefined;
}

/** Lazily read examples; nothing is read before somebody asks. Made by `fromArrays`, `imagesFromFolder` …, and by `map` and its kin from others. */
export interface Dataset<X = Value, Y = Value> extends Sequence<Example<X, Y>> {
  readonly kind: "dataset";
  /** How many examples, where that is known before they are read; Infinity for those without an end. */
  readonly count: number | undefined;
}

/** An example's value with an axis of examples before: pictures [n, h, w, c], labels i32 [n]. */
export type Stacked<V> = V extends { readonly dtype: infer D extends Dtype; readonly shape: infer S }
  ? S extends readonly number[]
    ? NdArray<D, number extends S["length"] ? readonly number[] : readonly [number, ...S]>
    : NdArray<D>
  : V extends undefined
    ? undefined
    : { readonly [K in keyof V]: Stacked<V[K]> };

/** How many classes the labels are of, where their type says it. */
export type ClassesOf<Y> = Y extends { readonly classes: infer C extends number } ? C : number;

/** Examples in one: arrays with an axis of examples before. */
export interface ExampleBatch<X = Value, Y = Value> {
  readonly x: Stacked<X>;
  readonly y: Stacked<Y>;
  /** Of labels that are class numbers. */
  readonly classes?: number | undefined;
  /** f32 [n], where an example has a weight. */
  readonly sampleWeights?: NdArray<"f32"> | undefined;
}

/** Examples in batches: what `batch` gives. `X` and `Y` are those of an example. */
export interface Batches<X = Value, Y = Value> extends Sequence<ExampleBatch<X, Y>> {
  readonly kind: "batches";
  readonly batchSize: number;
  /** How many examples, where that is known. */
  readonly count: number | undefined;
}

/** Data as `fit`, `evaluate` and `predict` take them: examples, or batches of them. */
export type AnyDataset<X = Value, Y = Value> = Dataset<X, Y> | Batches<X, Y>;

/** Whether it is a data set, and not arrays. */
export const isDataset = (given: object): given is AnyDataset =>
  "kind" in given && (given.kind === "dataset" || given.kind === "batches");
