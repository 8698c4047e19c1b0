/** One epoch of training: its batches in an order that follows from the seed, from any place on. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Epoch } from "../data/dataset.js";
import { askAll, guarded } from "./callback.js";
import type { FitOptions, FitResult, Position, Progress } from "./fit.js";
import { addSums, valuesOf, type RunningSums } from "./metrics/metric.js";
import { examplesIn, feedOf } from "./training-data.js";
import type { StepResult, Trainer } from "./trainer.js";

export interface EpochRun {
  readonly position: Position;
  readonly means: StepResult;
  readonly ended: FitResult["ended"];
}

export const runEpoch = async (
  trainer: Trainer,
  options: FitOptions,
  from: Position,
): Promise<Either<SvertkaError, EpochRun>> => {
  const { train, batchSize: wanted = 32, shuffle, epochs, callbacks = [], stepsPerEpoch } = options;
  const { epoch } = from;
  const feed = feedOf(train, { batchSize: wanted, shuffle });
  const { batchSize } = feed;
  const least = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  const batches = least(feed.batches, stepsPerEpoch);
  const seen = least(examplesIn(train), from.batch * batchSize) ?? 0;
  let total: RunningSums = { examples: seen, sums: from.sums };
  const leave = (batch: number, ended: FitResult["ended"]): Either<SvertkaError, EpochRun> =>
    E.right({ position: { epoch, batch, sums: total.sums }, means: valuesOf(trainer.metrics, total), ended });
  const begun = await askAll(callbacks, (one) => one.onEpochBegin?.({ epoch, epochs, trainer }));
  if (E.isLeft(begun)) return begun;
  const pace = stopwatch();
  let batch = from.batch;
  for await (const given of pace.waits(feed.open(...placeOf(trainer.seed, from, feed.batches, stepsPerEpoch)))) {
    if (options.signal?.aborted === true) return leave(batch, "interrupted");
    if (E.isLeft(given)) return E.left(placed(given.left, epoch, batch));
    const result = await trainer.stepSums(given.right)();
    if (E.isLeft(result)) return E.left(placed(result.left, epoch, batch));
    batch++;
    total = addSums(total, result.right);
    const means = valuesOf(trainer.metrics, total);
    const waiting = pace.waiting();
    const progress: Progress = { epoch, epochs, batch, batches, examples: total.examples, means, waiting };
    const told = await guarded("onBatch", async () => options.onBatch?.(progress));
    if (E.isLeft(told)) return told;
    const metrics = valuesOf(trainer.metrics, result.right);
    const wish = await askAll(callbacks, (one) => one.onBatchEnd?.({ ...progress, metrics, trainer }));
    if (E.isLeft(wish)) return wish;
    if (wish.right === "stop") return leave(batch, "stopped");
    // Timers, signals and sockets get their turn: kernels on this thread would starve them.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (batch === batches) break;
  }
  return batch === 0
    ? fail("BadData", "train", "train: there are no examples: give at least one")
    : leave(batch, "done");
};

/** Where reading begins: data without an end that are read by number go on where the last epoch stopped, as in Keras. */
const placeOf = (
  seed: number,
  { epoch, batch }: Position,
  batches: number | undefined,
  stepsPerEpoch = 0,
): readonly [Epoch, number] =>
  batches === Infinity ? [{ seed, epoch: 0 }, epoch * stepsPerEpoch + batch] : [{ seed, epoch }, batch];

interface Stopwatch {
  /** The same values; the time until each is there is counted. */
  readonly waits: <A>(values: AsyncIterable<A>) => AsyncIterable<A>;
  /** The share of the time since the first value that was spent waiting for others. */
  readonly waiting: () => number;
}

const stopwatch = (): Stopwatch => {
  let began: number | undefined;
  let waited = 0;
  return {
    waits: async function* (values) {
      let asked = performance.now();
      for await (const value of values) {
        // The first one starts threads and opens files.
        if (began !== undefined) waited += performance.now() - asked;
        began ??= performance.now();
        yield value;
        asked = performance.now();
      }
    },
    waiting: () => (began === undefined ? 0 : waited / Math.max(1e-3, performance.now() - began)),
  };
};

const placed = (error: SvertkaError, epoch: number, batch: number): SvertkaError =>
  error.tag === "Diverged" ? { ...error, where: `epoch ${epoch + 1}, batch ${batch + 1}` } : error;
