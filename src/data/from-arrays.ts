/** Data sets of arrays in memory, and of functions that make examples. */
import { fail, mistake, SvertkaFailure, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Dataset, Epoch, Example, Label, Value } from "./dataset.js";
import type { Dtype, NdArray } from "./nd-array.js";
import { local } from "./pipeline/derive.js";
import { failing } from "./pipeline/order.js";

/** A row of an array: its shape without the axis of examples. */
export type RowOf<A> = A extends { readonly dtype: infer D extends Dtype; readonly shape: infer S }
  ? S extends readonly [number, ...infer Rest extends readonly number[]]
    ? NdArray<D, Readonly<Rest>>
    : NdArray<D>
  : { readonly [K in keyof A]: RowOf<A[K]> };

/** Rows of class numbers of which the number of classes is known are labels. */
export type LabelOf<B, C> = B extends { readonly dtype: "i32" }
  ? [C] extends [number]
    ? Label<C>
    : RowOf<B>
  : B extends undefined
    ? undefined
    : RowOf<B>;

type OneOrNamed = NdArray | Readonly<Record<string, NdArray>>;

/** Arrays whose first axis counts examples; `classes` where labels are class numbers, as `imageClassification` says it. */
export interface ArrayExamples<
  A extends OneOrNamed = OneOrNamed,
  B extends OneOrNamed | undefined = OneOrNamed | undefined,
  C extends number | undefined = number | undefined,
> {
  readonly x: A;
  readonly y?: B;
  readonly classes?: C;
  /** f32 [n]. */
  readonly sampleWeights?: NdArray<"f32"> | undefined;
}

const namedOf = (given: OneOrNamed | undefined): readonly (readonly [string, NdArray])[] =>
  given === undefined ? [] : isArray(given) ? [["", given]] : Object.entries(given);

const isArray = (given: OneOrNamed): given is NdArray => "dtype" in given && "data" in given;

const rowAt = ({ dtype, shape, data }: NdArray, index: number): NdArray => {
  const size = data.length / (shape[0] ?? 1);
  const row = { dtype, shape: shape.slice(1), data: data.subarray(index * size, (index + 1) * size) };
  return row as NdArray; // sound: the same kind of array, of the rest of the shape
};

const rowsAt = (given: OneOrNamed | undefined, index: number): Value =>
  given === undefined
    ? undefined
    : isArray(given)
      ? rowAt(given, index)
      : Object.fromEntries(Object.entries(given).map(([name, array]) => [name, rowAt(array, index)]));

const countProblem = (arrays: readonly (readonly [string, NdArray])[]): SvertkaError | undefined => {
  const [first] = arrays;
  const count = first?.[1].shape[0] ?? 0;
  const other = arrays.find(([, { shape }]) => shape[0] !== count);
  if (count === 0) return mistake("BadData", "fromArrays", "fromArrays: there are no examples: give at least one");
  return other === undefined
    ? undefined
    : mistake(
        "BadData",
        "fromArrays",
        `fromArrays: ${count} examples, and ${other[1].shape[0]} in another array: give each example its row in all`,
      );
};

/**
 * A data set of arrays; examples share their memory.
 *
 * Shape   x [n, …] and y [n, …] are examples of […].
 * Errors  another number of rows in one of them.
 *
 * @example
 * const digits = fromArrays({ x: f32([2, 1] as const, Float32Array.of(0, 1)), y: i32([2] as const, Int32Array.of(0, 1)), classes: 2 })
 */
export const fromArrays = <
  A extends OneOrNamed,
  B extends OneOrNamed | undefined = undefined,
  const C extends number | undefined = undefined,
>(
  examples: ArrayExamples<A, B, C>,
): Dataset<RowOf<A>, LabelOf<B, C>> => {
  const { x, y, classes, sampleWeights } = examples;
  const weights: readonly (readonly [string, NdArray])[] = sampleWeights === undefined ? [] : [["", sampleWeights]];
  const all = [...namedOf(x), ...namedOf(y), ...weights];
  const problem = countProblem(all);
  if (problem !== undefined) return local("fromArrays", failing(problem));
  const labelled = classes === undefined || y === undefined || !isArray(y) || y.dtype !== "i32" ? {} : { classes };
  const at = (index: number): Example<RowOf<A>, LabelOf<B, C>> => {
    const label = rowsAt(y, index);
    const example = {
      x: rowsAt(x, index),
      y: label === undefined ? undefined : { ...label, ...labelled },
      ...(sampleWeights === undefined ? {} : { weight: sampleWeights.data[index] }),
    };
    return example as unknown as Example<RowOf<A>, LabelOf<B, C>>; // sound: RowOf and LabelOf say what `rowsAt` does
  };
  return local("fromArrays", {
    kind: "indexed",
    count: all[0]?.[1].shape[0] ?? 0,
    read: async (indices) => E.right(Array.from(indices, at)),
  });
};

export interface GeneratorOptions {
  /** How many examples it gives, where that is known; Infinity for one without an end. */
  readonly count?: number | undefined;
}

/**
 * A data set of a generator, an async one, or any function that gives something iterable; it is called anew each epoch.
 *
 * Errors  what it throws is a `BadData` in the stream.
 *
 * @example
 * const waves = fromGenerator(function* ({ epoch }) {
 *   for (let i = 0; i < 10; i++) yield { x: f32([1] as const, Float32Array.of(Math.sin(i + epoch))), y: undefined }
 * }, { count: 10 })
 */
export const fromGenerator = <X, Y>(
  generate: (epoch: Epoch) => Iterable<Example<X, Y>> | AsyncIterable<Example<X, Y>>,
  { count }: GeneratorOptions = {},
): Dataset<X, Y> =>
  local("fromGenerator", {
    kind: "streamed",
    count,
    open: async function* (epoch): AsyncGenerator<Either<SvertkaError, Example<X, Y>>> {
      try {
        for await (const example of generate(epoch)) yield E.right(example);
      } catch (cause) {
        if (cause instanceof SvertkaFailure) yield E.left(cause.error);
        else {
          const said = String(cause).replace(/\s+/g, " ").slice(0, 90);
          yield fail("BadData", "fromGenerator", `fromGenerator: it throws ${said}: correct it`);
        }
      }
    },
  });
