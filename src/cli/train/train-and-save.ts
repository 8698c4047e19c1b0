/** Training with a checkpoint after each epoch, and one where Ctrl-C stopped it. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { inferenceGraph } from "../../run/inference-graph.js";
import { optimizerPage, type Checkpoint } from "../../train/checkpoint.js";
import { trainingRecord } from "../../train/checkpoint-training.js";
import { onEpochEnd, type Callback } from "../../train/callback.js";
import { fit, type FitResult } from "../../train/fit.js";
import { lossText } from "../../train/heads.js";
import { writeCheckpointFolder } from "../../train/node/checkpoint-folder.js";
import { writeHistory } from "../../train/node/history-files.js";
import type { Task, TaskData } from "../../train/task.js";
import type { Trainer } from "../../train/trainer.js";
import { examplesIn, unitIn, type TrainingData } from "../../train/training-data.js";
import type { Terminal } from "../terminal.js";
import { trainingProgress } from "./progress.js";
import type { RunFolder } from "./run-folder.js";
import type { StopSignals } from "./stop-signals.js";

export interface TrainingRun {
  readonly task: Task;
  readonly trainer: Trainer;
  readonly backend: Backend;
  readonly data: TaskData;
  readonly folder: RunFolder;
  readonly terminal: Terminal;
  /** Where to go on, with --resume. */
  readonly from: Checkpoint | undefined;
}

/** Where training stands. */
type Place = Pick<FitResult, "position" | "history" | "callbackStates">;

/** The checkpoint first: the history is in it, and can be written anew. */
const save = (
  { task, trainer, folder }: TrainingRun,
  { position, history, callbackStates }: Place,
): TaskEither<SvertkaError, void> =>
  pipe(
    TE.fromEither(inferenceGraph(task.model)),
    TE.bindTo("inference"),
    TE.bind("training", () => TE.fromEither(trainingRecord(task.model, task.trainable))),
    TE.bind("tensors", () => TE.fromTask(trainer.snapshot)),
    TE.flatMap(({ inference: { graph }, training, tensors }) => {
      const { seed, batchSize, loss, lossWeights } = task;
      return writeCheckpointFolder(folder.checkpoint, {
        graph,
        training,
        tensors,
        position,
        history,
        callbackStates,
        seed,
        batchSize,
        optimizer: optimizerPage(task.optimizer),
        loss: lossText(loss, lossWeights),
      });
    }),
    TE.flatMap(() => (Object.keys(history).length === 0 ? TE.of(undefined) : writeHistory(folder.out, history))),
  );

/** After the task's own callbacks, since these may change weights. */
const saving = (run: TrainingRun): Callback =>
  onEpochEnd("checkpoint", (end) =>
    pipe(
      save(run, end),
      TE.map(() => "continue" as const),
    ),
  );

const interrupted = async (run: TrainingRun, result: FitResult): Promise<Either<SvertkaError, never>> => {
  const { position } = result;
  const saved = await save(run, result)();
  if (E.isLeft(saved)) return saved;
  const place = `epoch ${position.epoch + 1}, batch ${position.batch}`;
  return fail(
    "Interrupted",
    place,
    `the checkpoint is in ${run.folder.checkpoint}: the same command with --resume goes on from there`,
  );
};

/** How many examples an epoch has, where that is known. */
const totalOf = (train: TrainingData, { stepsPerEpoch, batchSize }: Task): number | undefined => {
  const examples = examplesIn(train);
  const most = stepsPerEpoch === undefined ? Infinity : stepsPerEpoch * batchSize;
  const total = Math.min(examples ?? Infinity, most);
  return total === Infinity ? undefined : total;
};

/** Trains what is left of the task's epochs. */
export const trainAndSave = async (
  run: TrainingRun,
  signals: StopSignals,
): Promise<Either<SvertkaError, FitResult>> => {
  const { task, trainer, data, terminal, from } = run;
  if (from !== undefined && from.position.epoch >= task.epochs)
    terminal.note(
      `all ${task.epochs} epochs are done already: nothing is left to train (--epochs N with a larger N goes on)`,
    );
  else if (from !== undefined)
    terminal.note(`goes on from epoch ${from.position.epoch + 1}, batch ${from.position.batch}`);
  const progress = trainingProgress(terminal, { total: totalOf(data.train, task), unit: unitIn(data.train) });
  signals.setWaiting(true);
  const result = await fit(trainer, {
    train: data.train,
    validation: data.validation,
    epochs: task.epochs,
    batchSize: task.batchSize,
    stepsPerEpoch: task.stepsPerEpoch,
    callbacks: [...task.callbacks, saving(run)],
    from,
    signal: signals.signal,
    onBatch: progress.onBatch,
    onEpoch: progress.onEpoch,
  })();
  progress.close();
  const ended =
    E.isRight(result) && result.right.ended === "interrupted" ? await interrupted(run, result.right) : result;
  signals.setWaiting(false);
  if (E.isRight(ended) && ended.right.ended === "stopped") terminal.note("a callback has stopped the training");
  return ended;
};
