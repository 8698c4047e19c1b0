/** Data to train on: arrays, or a data set, as batches in the order of an epoch. */
import { fail, mistake, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { isDataset, type AnyDataset, type Epoch, type ExampleBatch } from "../data/dataset.js";
import { looped } from "../data/pipeline/derive.js";
import { asBatches, openBatches, toArrays } from "../data/pipeline/read.js";
import { shuffle as shuffled } from "../data/pipeline/order.js";
import { foldIn, keyOf, shuffled as shuffledNumbers } from "../random/index.js";
import type { Batch } from "./batch.js";
import { countOf, gatherExamples, sliceExamples, unitOf, type Examples } from "./examples.js";

/** Arrays with all examples, or a data set of `svertka/data` that is read while it trains. */
export type TrainingData = Examples | AnyDataset;

/** How many examples there are, where that is known before they are read; Infinity for those without an end. */
export const examplesIn = (data: TrainingData): number | undefined => (isDataset(data) ? data.count : countOf(data));

/** What progress counts. */
export const unitIn = (data: TrainingData): "images" | "examples" => (isDataset(data) ? "examples" : unitOf(data));

/** Batches, one after the other, from any place on. */
export interface Feed {
  /** Where that is known: Infinity for data without an end. */
  readonly batches: number | undefined;
  readonly batchSize: number;
  readonly open: (epoch: Epoch, from: number) => AsyncIterable<Either<SvertkaError, Batch>>;
}

export interface Feeding {
  readonly batchSize: number;
  /** True for arrays when not given, as in Keras; data sets have an order of their own. */
  readonly shuffle?: boolean | undefined;
}

export const feedOf = (data: TrainingData, feeding: Feeding): Feed =>
  isDataset(data) ? datasetFeed(data, feeding) : arrayFeed(data, feeding);

const arrayFeed = (data: Examples, { batchSize, shuffle = true }: Feeding): Feed => {
  const count = countOf(data);
  const batches = Math.ceil(count / batchSize);
  return {
    batches,
    batchSize,
    open: async function* ({ seed, epoch }, from) {
      const order = shuffle ? shuffledNumbers(count, foldIn(foldIn(keyOf(seed), "shuffle"), epoch)) : undefined;
      for (let batch = from; batch < batches; batch++) {
        const [start, end] = [batch * batchSize, Math.min(count, (batch + 1) * batchSize)];
        yield E.right(
          order === undefined ? sliceExamples(data, start, end) : gatherExamples(data, order.subarray(start, end)),
        );
      }
    },
  };
};

const datasetFeed = (data: AnyDataset, { batchSize, shuffle = false }: Feeding): Feed => {
  const ordered = shuffle && data.kind === "dataset" ? shuffled()(data) : data;
  const batches = asBatches(ordered, batchSize);
  return {
    batches: batches.source.count,
    batchSize: batches.batchSize,
    open: async function* (epoch, from) {
      for await (const batch of looped(openBatches(batches, epoch, from)))
        yield E.isLeft(batch) ? batch : labelled(batch.right);
    },
  };
};

/** The batch as a step takes it, which looks at its arrays. */
const labelled = (batch: ExampleBatch): Either<SvertkaError, Batch> =>
  batch.y === undefined
    ? fail("BadData", "labels", "data set: its examples have no labels (y): give each one, or use predict")
    : E.right(batch as unknown as Batch); // sound: names, kinds and shapes are checked by every step

/** What is wrong with data for an epoch, before anything is read. */
export const dataProblem = (
  data: TrainingData,
  name: "train" | "validation" | "evaluate",
  stepsPerEpoch?: number,
): SvertkaError | undefined => {
  const count = examplesIn(data);
  if (count === 0) return mistake("BadData", name, `${name}: there are no examples: give at least one`);
  return count === Infinity && stepsPerEpoch === undefined
    ? mistake(
        "BadData",
        name,
        `${name}: the data have no end: ${name === "train" ? "give stepsPerEpoch, or " : ""}take(n) of them`,
      )
    : undefined;
};

/** The first examples as arrays, at most `count` of them; all when it is not given. */
export const firstExamples = (data: TrainingData, count = Infinity): TaskEither<SvertkaError, Examples> =>
  isDataset(data)
    ? pipe(toArrays(data, count), TE.flatMapEither(labelled))
    : TE.right(sliceExamples(data, 0, Math.min(count, countOf(data))));
