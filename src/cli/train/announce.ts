/** What is said before training: the model, what the compiler joined, the data, the folder. */
import type { SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { explain } from "../../run/explain.js";
import { summarize } from "../../run/summary.js";
import { examplesIn, type TrainingData } from "../../train/training-data.js";
import { hasCheckpoint } from "../../train/node/checkpoint-folder.js";
import { fusionText } from "../explanation-text.js";
import { count } from "../quantities.js";
import { summaryTable } from "../summary-table.js";
import { changes } from "./resume.js";
import type { TrainingRun } from "./train-and-save.js";

const sayEarlierRun = ({ folder, from, task, terminal }: TrainingRun): void => {
  if (from !== undefined)
    for (const change of changes(from, task)) terminal.note(`changed since the checkpoint: ${change}`);
  else if (hasCheckpoint(folder.checkpoint))
    terminal.note(
      `${folder.out} holds an earlier run's checkpoint: it stays until this run writes its first one (--resume would go on from it)`,
    );
};

const howMany = (part: TrainingData): string => {
  const examples = examplesIn(part);
  return examples === undefined ? "an unknown number of" : examples === Infinity ? "endless" : count(examples);
};

const sayData = ({ data: { train, validation, test }, task, folder, terminal }: TrainingRun): void => {
  const sizes = Object.entries({ train, validation, test }).flatMap(([name, part]) =>
    part === undefined ? [] : [`${howMany(part)} ${name}`],
  );
  const { batchSize, seed } = task;
  terminal.note(`examples: ${sizes.join(", ")}; batches of ${batchSize}; seed ${seed}; writes to ${folder.out}\n`);
};

export const announce = (run: TrainingRun): Either<SvertkaError, void> => {
  const { task, trainer, backend, terminal } = run;
  const summary = summarize(task.model);
  if (E.isLeft(summary)) return summary;
  const explanation = explain(trainer.training, trainer.device, {
    batch: task.batchSize,
    layers: trainer.layers,
  });
  if (E.isLeft(explanation)) return explanation;
  const fused = fusionText(explanation.right);
  sayEarlierRun(run);
  terminal.note(`\n${summaryTable(summary.right)}\n`);
  terminal.note(`training step on ${backend.name}: ${fused}\n`);
  sayData(run);
  return E.right(undefined);
};
