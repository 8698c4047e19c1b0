/** One epoch of training: its batches in an order that follows from the seed, from any place on. */
import type { SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { foldIn, keyOf, shuffled } from "../random/index.js";
import { askAll, guarded } from "./callback.js";
import { countOf, gatherExamples } from "./examples.js";
import type { FitOptions, FitResult, Position, Progress } from "./fit.js";
import { addSums, valuesOf, type RunningSums } from "./metrics/metric.js";
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
  const { train, batchSize = 32, epochs, callbacks = [] } = options;
  const { epoch } = from;
  const count = countOf(train);
  const batches = Math.ceil(count / batchSize);
  const order = epochOrder(trainer.seed, epoch, count, options.shuffle ?? true);
  let total: RunningSums = { examples: Math.min(count, from.batch * batchSize), sums: from.sums };
  const leave = (batch: number, ended: FitResult["ended"]): Either<SvertkaError, EpochRun> =>
    E.right({ position: { epoch, batch, sums: total.sums }, means: valuesOf(trainer.metrics, total), ended });
  const begun = await askAll(callbacks, (one) => one.onEpochBegin?.({ epoch, epochs, trainer }));
  if (E.isLeft(begun)) return begun;
  for (let batch = from.batch; batch < batches; batch++) {
    if (options.signal?.aborted === true) return leave(batch, "interrupted");
    const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
    const result = await trainer.stepSums(gatherExamples(train, rows))();
    if (E.isLeft(result)) return E.left(placed(result.left, epoch, batch));
    total = addSums(total, result.right);
    const means = valuesOf(trainer.metrics, total);
    const progress: Progress = { epoch, epochs, batch: batch + 1, batches, examples: total.examples, means };
    const told = await guarded("onBatch", async () => options.onBatch?.(progress));
    if (E.isLeft(told)) return told;
    const metrics = valuesOf(trainer.metrics, result.right);
    const wish = await askAll(callbacks, (one) => one.onBatchEnd?.({ ...progress, metrics, trainer }));
    if (E.isLeft(wish)) return wish;
    if (wish.right === "stop") return leave(batch + 1, "stopped");
    // Timers, signals and sockets get their turn: kernels on this thread would starve them.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return leave(batches, "done");
};

/** The order of the examples in an epoch: a pure function of the seed and the epoch's number. */
const epochOrder = (seed: number, epoch: number, count: number, shuffle: boolean): Uint32Array =>
  shuffle
    ? shuffled(count, foldIn(foldIn(keyOf(seed), "shuffle"), epoch))
    : Uint32Array.from({ length: count }, (_, i) => i);

const placed = (error: SvertkaError, epoch: number, batch: number): SvertkaError =>
  error.tag === "Diverged" ? { ...error, where: `epoch ${epoch + 1}, batch ${batch + 1}` } : error;
