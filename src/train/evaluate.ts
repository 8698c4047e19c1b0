/** Loss and metrics over many examples, in inference mode. */
import { fail, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type TaskEither } from "../fp.js";
import { isDataset } from "../data/dataset.js";
import { guarded } from "./callback.js";
import { checkCounts } from "./examples.js";
import { addSums, noSums, valuesOf, type RunningSums } from "./metrics/metric.js";
import type { StepResult, Trainer } from "./trainer.js";
import { dataProblem, examplesIn, feedOf, type TrainingData } from "./training-data.js";

/** Examples that are computed at once. */
const defaultBatch = 256;

export interface EvaluateOptions {
  /** Examples that are computed at once: 256 when not given. */
  readonly batchSize?: number | undefined;
  /** Hears how many examples are done, of how many where that is known: after each batch. */
  readonly onProgress?: ((done: number, count: number | undefined) => void) | undefined;
}

const optionsOf = (given: number | EvaluateOptions): EvaluateOptions =>
  typeof given === "number" ? { batchSize: given } : given;

/** The sums over all examples: what a metric that is no number, such as a confusion matrix, is read from. */
export const evaluateSums =
  (trainer: Trainer, data: TrainingData, given: number | EvaluateOptions = {}): TaskEither<SvertkaError, RunningSums> =>
  async () => {
    const { batchSize = defaultBatch, onProgress } = optionsOf(given);
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      return fail("BadOption", "batchSize", `batchSize: ${batchSize} is no size: give a whole number of at least 1`);
    const problem = dataProblem(data, "evaluate");
    const counted = isDataset(data) ? E.right(undefined) : checkCounts(data, "evaluate");
    if (problem !== undefined) return E.left(problem);
    if (E.isLeft(counted)) return counted;
    let sums = noSums;
    const { open } = feedOf(data, { batchSize, shuffle: false });
    for await (const batch of open({ seed: trainer.seed, epoch: 0 }, 0)) {
      if (E.isLeft(batch)) return batch;
      const result = await trainer.evaluateBatchSums(batch.right)();
      if (E.isLeft(result)) return result;
      sums = addSums(sums, result.right);
      const { examples } = sums;
      const told = await guarded("onProgress", async () => onProgress?.(examples, examplesIn(data)));
      if (E.isLeft(told)) return told;
    }
    if (sums.examples === 0) return fail("BadData", "evaluate", "evaluate: there are no examples: give at least one");
    return E.right(sums);
  };

/** Loss and metrics over all examples, in inference mode; the batch size, or more options. */
export const evaluate = (
  trainer: Trainer,
  data: TrainingData,
  options: number | EvaluateOptions = {},
): TaskEither<SvertkaError, StepResult> =>
  pipe(
    evaluateSums(trainer, data, options),
    TE.map((sums) => valuesOf(trainer.metrics, sums)),
  );
