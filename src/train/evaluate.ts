/** Loss and metrics over many examples, in inference mode. */
import { fail, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type TaskEither } from "../fp.js";
import { checkCounts, countOf, sliceExamples, type Examples } from "./examples.js";
import { addSums, noSums, valuesOf, type RunningSums } from "./metrics/metric.js";
import type { StepResult, Trainer } from "./trainer.js";

/** Examples that are computed at once. */
const defaultBatch = 256;

/** The sums over all examples: what a metric that is no number, such as a confusion matrix, is read from. */
export const evaluateSums =
  (trainer: Trainer, data: Examples, batchSize: number = defaultBatch): TaskEither<SvertkaError, RunningSums> =>
  async () => {
    const count = countOf(data);
    const counted = checkCounts(data, "evaluate");
    if (E.isLeft(counted)) return counted;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      return fail("BadOption", "batchSize", `batchSize: ${batchSize} is no size: give a whole number of at least 1`);
    let sums = noSums;
    for (let start = 0; start < count; start += batchSize) {
      const batch = sliceExamples(data, start, Math.min(count, start + batchSize));
      const result = await trainer.evaluateBatchSums(batch)();
      if (E.isLeft(result)) return result;
      sums = addSums(sums, result.right);
    }
    return E.right(sums);
  };

/** Loss and metrics over all examples, in inference mode. */
export const evaluate = (
  trainer: Trainer,
  data: Examples,
  batchSize: number = defaultBatch,
): TaskEither<SvertkaError, StepResult> =>
  pipe(
    evaluateSums(trainer, data, batchSize),
    TE.map((sums) => valuesOf(trainer.metrics, sums)),
  );
