/** Mean 0 and deviation 1: measured on data, then a map. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type TaskEither } from "../fp.js";
import type { AnyDataset } from "./dataset.js";
import { f32, type NdArray } from "./nd-array.js";
import { looped } from "./pipeline/derive.js";
import type { ExampleMap } from "./pipeline/map.js";
import { asBatches, openBatches } from "./pipeline/read.js";
import { portable, type Portable } from "./portable.js";

/** By element (of an example's shape), or by channel ([c]). */
export interface Statistics {
  readonly mean: NdArray<"f32">;
  readonly deviation: NdArray<"f32">;
}

export interface StatisticsOptions {
  /** A mean for each pixel and channel, or one for each channel over all pixels. */
  readonly per?: "element" | "channel" | undefined;
}

/**
 * Mean and standard deviation of the inputs over all examples (of epoch 0), read once and batch by batch.
 *
 * Shape   that of an example, or [c] by channel.
 * Source  Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
 *
 * @example
 * const measured = await orReject(statistics(training, { per: "channel" }))
 * const ready = pipe(training, map(normalize(measured)))
 */
export const statistics =
  <X extends NdArray, Y>(
    data: AnyDataset<X, Y>,
    { per = "element" }: StatisticsOptions = {},
  ): TaskEither<SvertkaError, Statistics> =>
  async () => {
    if (data.count === Infinity)
      return fail("BadData", "statistics", "statistics: the data have no end: take as many as shall be measured");
    let sums: Moments | undefined;
    for await (const part of looped(openBatches(asBatches(data, 256), { seed: 0, epoch: 0 }))) {
      if (E.isLeft(part)) return part;
      const { shape, data: values } = part.right.x;
      sums = merged(sums, momentsOf(values, shape, per));
    }
    if (sums === undefined)
      return fail("BadData", "statistics", "statistics: there are no examples: give at least one");
    const { mean, squares, count, shape } = sums;
    const deviation = Float32Array.from(squares, (sum) => Math.sqrt(sum / count));
    return E.right({ mean: f32(shape, Float32Array.from(mean)), deviation: f32(shape, deviation) });
  };

/** Means, and sums of squared distances from them, in float64: sums of squares alone would lose the digits. */
interface Moments {
  readonly count: number;
  readonly shape: readonly number[];
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

const momentsOf = (
  values: ArrayLike<number>,
  [rows = 1, ...rest]: readonly number[],
  per: "element" | "channel",
): Moments => {
  const shape = per === "channel" ? rest.slice(-1) : rest;
  const size = shape.reduce((a, b) => a * b, 1);
  const count = per === "channel" ? values.length / size : rows;
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  for (let i = 0; i < values.length; i++) mean[i % size] = (mean[i % size] ?? 0) + (values[i] ?? 0) / count;
  for (let i = 0; i < values.length; i++)
    squares[i % size] = (squares[i % size] ?? 0) + ((values[i] ?? 0) - (mean[i % size] ?? 0)) ** 2;
  return { count, shape, mean, squares };
};

const merged = (a: Moments | undefined, b: Moments): Moments => {
  if (a === undefined) return b;
  const count = a.count + b.count;
  const difference = a.mean.map((mean, i) => (b.mean[i] ?? 0) - mean);
  return {
    count,
    shape: a.shape,
    mean: a.mean.map((mean, i) => mean + ((difference[i] ?? 0) * b.count) / count),
    squares: a.squares.map(
      (sum, i) => sum + (b.squares[i] ?? 0) + ((difference[i] ?? 0) ** 2 * a.count * b.count) / count,
    ),
  };
};

/** What a deviation of 0 counts as: a pixel that never changes becomes 0. Keras's `Normalization` has the same (1e-7). */
const least = 1e-7;

/**
 * A map to mean 0 and deviation 1: (x − mean) / deviation, by element or, where the statistics are [c], by channel.
 * Runs in worker threads.
 */
export const normalize = <S extends readonly number[], Y>(
  given: Statistics,
): Portable<ExampleMap<NdArray<"f32", S>, Y>> => {
  const { mean, deviation } = given;
  const size = mean.data.length;
  const factors = deviation.data.map((value) => 1 / Math.max(value, least));
  return portable("normalize", given, ({ x, ...rest }) => {
    const scaled = new Float32Array(x.data.length);
    for (let i = 0; i < scaled.length; i++) {
      const at = i % size;
      scaled[i] = ((x.data[i] ?? 0) - (mean.data[at] ?? 0)) * (factors[at] ?? 0);
    }
    return { ...rest, x: f32(x.shape, scaled) };
  });
};

/** The inputs' values as f32, times `scale` plus `offset`: bytes become [0, 1] by `rescale({ scale: 1 / 255 })`. Runs in worker threads. */
export const rescale = <S extends readonly number[], Y>(options: {
  readonly scale: number;
  readonly offset?: number | undefined;
}): Portable<ExampleMap<NdArray<"f32" | "u8" | "i32", S>, Y, NdArray<"f32", S>>> => {
  const { scale, offset = 0 } = options;
  return portable("rescale", options, ({ x, ...rest }) => {
    const scaled = new Float32Array(x.data.length);
    for (let i = 0; i < scaled.length; i++) scaled[i] = (x.data[i] ?? 0) * scale + offset;
    return { ...rest, x: f32(x.shape, scaled) };
  });
};
