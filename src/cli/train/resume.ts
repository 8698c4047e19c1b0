/** `--resume`: the checkpoint under --out, looked at with suspicion: it must be one of this task. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { graphText } from "../../compiler/ir/text.js";
import { inferenceGraph } from "../../run/inference-graph.js";
import type { Checkpoint } from "../../train/checkpoint.js";
import { lossText } from "../../train/heads.js";
import { hasCheckpoint, readCheckpointFolder, weightsFile } from "../../train/node/checkpoint-folder.js";
import type { Task } from "../../train/task.js";
import type { Trainer } from "../../train/trainer.js";
import type { Overrides } from "./overrides.js";

export const readResume = (folder: string): TaskEither<SvertkaError, Checkpoint> =>
  hasCheckpoint(folder)
    ? readCheckpointFolder(folder)
    : TE.fromEither(
        fail(
          "BadFile",
          weightsFile(folder),
          "resume: there is no checkpoint: train without --resume first, or give the run's folder as --out",
        ),
      );

/**
 * The task with the seed and batch size that the checkpoint was trained with: the order of examples and the batches
 * follow from them, so others would not go on but mix two runs.
 */
export const resumedTask = (
  task: Task,
  { seed, batchSize, position }: Checkpoint,
  given: Overrides,
): Either<SvertkaError, Task> => {
  if (given.seed !== undefined && given.seed !== seed)
    return fail(
      "BadOption",
      "--seed",
      `seed: the checkpoint was trained with ${seed}: leave the option out, or begin another run with another --out`,
    );
  if (given.batchSize !== undefined && given.batchSize !== batchSize && position.batch > 0)
    return fail(
      "BadOption",
      "--batch-size",
      `batch size: the checkpoint stands after batch ${position.batch} of an epoch in batches of ${batchSize}: leave the option out`,
    );
  return E.right({ ...task, seed, batchSize: given.batchSize ?? batchSize });
};

/** Puts the checkpoint's state into the trainer, if both are of one model, loss and optimiser. */
export const restoreCheckpoint = (
  trainer: Trainer,
  task: Task,
  checkpoint: Checkpoint,
  where: string,
): Either<SvertkaError, void> =>
  pipe(
    inferenceGraph(task.model),
    E.chain(({ graph }): Either<SvertkaError, void> => {
      const same = graphText(graph) === graphText(checkpoint.graph);
      const { optimizer, loss } = checkpoint;
      if (same && optimizer.name !== task.optimizer.name)
        return fail(
          "BadFile",
          where,
          `checkpoint: it was trained by ${optimizer.name}, the task has ${task.optimizer.name}: take that optimiser, or begin another run`,
        );
      const wanted = lossText(task.loss, task.lossWeights);
      if (same && loss !== wanted)
        return fail(
          "BadFile",
          where,
          `checkpoint: it was trained on ${loss}, the task has ${wanted}: take that loss, or begin another run`,
        );
      const restored = trainer.restore(checkpoint.tensors, where);
      if (E.isLeft(restored) || same) return restored;
      return fail(
        "BadFile",
        where,
        "checkpoint: its weights fit, but its graph is another than the model's: resume with the model that wrote it",
      );
    }),
  );

/** What has changed in the task since, and is no hindrance. */
export const changes = ({ optimizer: before }: Checkpoint, { optimizer: now }: Task): readonly string[] => [
  ...(before.learningRate === now.learningRate
    ? []
    : [`learning rate: ${before.learningRate} before, ${now.learningRate} now`]),
  ...(JSON.stringify(before.options) === JSON.stringify(now.options)
    ? []
    : [`${now.name}: ${JSON.stringify(before.options)} before, ${JSON.stringify(now.options)} now`]),
  ...(scheduleText(before.schedule) === scheduleText(now.schedule)
    ? []
    : [`schedule: ${scheduleText(before.schedule)} before, ${scheduleText(now.schedule)} now`]),
];

const scheduleText = (schedule: Checkpoint["optimizer"]["schedule"]): string =>
  schedule === undefined ? "none" : `${schedule.name} ${JSON.stringify(schedule.options)}`;
