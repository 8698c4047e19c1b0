/** `svertka train`: from a task to a trained net, with checkpoints from which an interrupted run goes on. */
import { failTask, orReject, orThrow } from "../../errors.js";
import { E } from "../../fp.js";
import { explain } from "../../run/explain.js";
import { summarize } from "../../run/summary.js";
import type { Callback } from "../../train/callback.js";
import { hasCheckpoint, sweepCheckpointFolder, weightsFile } from "../../train/node/checkpoint-folder.js";
import { trainer } from "../../train/trainer.js";
import type { Task } from "../../train/task.js";
import { chooseBackend } from "../choose-backend.js";
import type { Call, Run } from "../command.js";
import { fusedLayers, fusionText } from "../explanation-text.js";
import { switchFlag, textFlag, wholeFlag } from "../flags.js";
import { guarded, loadData, loadTask } from "../load-task.js";
import { count } from "../quantities.js";
import { summaryTable } from "../summary-table.js";
import { checkData } from "../train/check-data.js";
import { changes, readResume, restoreCheckpoint, resumedTask, type Overrides } from "../train/resume.js";
import { defaultOut, runFolder, type RunFolder } from "../train/run-folder.js";
import { stopSignals, type StopSignals } from "../train/stop-signals.js";
import { trainAndSave } from "../train/train-and-save.js";
import { report } from "../train/report.js";

/** The command line's own values, in place of the task's. */
const overridesOf = ({ flags }: Call): Overrides => ({
  epochs: orThrow(wholeFlag(flags, "epochs", 1)),
  batchSize: orThrow(wholeFlag(flags, "batchSize", 1)),
  seed: orThrow(wholeFlag(flags, "seed", Number.MIN_SAFE_INTEGER)),
});

/** A callback that throws is a mistake in the task, not a bug of svertka. */
const guardedCallback = (callback: Callback): Callback => ({
  ...callback,
  onEpochEnd: (end) => guarded(`callback ${callback.name}`, async () => callback.onEpochEnd(end)()),
});

const overridden = (task: Task, given: Overrides): Task => ({
  ...task,
  epochs: given.epochs ?? task.epochs,
  batchSize: given.batchSize ?? task.batchSize,
  seed: given.seed ?? task.seed,
  callbacks: task.callbacks.map(guardedCallback),
});

const sayFolder = ({ out, checkpoint }: RunFolder, { terminal }: Call): void => {
  if (hasCheckpoint(checkpoint))
    terminal.note(
      `${out} holds an earlier run's checkpoint: it stays until this run writes its first one (--resume would go on from it)`,
    );
};

const trainUnder = async (signals: StopSignals, call: Call): Promise<void> => {
  const { argument, flags, terminal } = call;
  const started = performance.now();
  const given = overridesOf(call);
  const folder = orThrow(runFolder(textFlag(flags, "out") ?? defaultOut(argument)));
  const loaded = overridden(await orReject(loadTask(argument, { typeCheck: switchFlag(flags, "typeCheck") })), given);
  const from = switchFlag(flags, "resume") ? await orReject(readResume(folder.checkpoint)) : undefined;
  const task = from === undefined ? loaded : orThrow(resumedTask(loaded, from, given));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal);
  const { model, loss, optimizer, metrics, seed, batchSize } = task;
  const made = await orReject(trainer({ model, loss, optimizer, metrics, seed, backend }));
  if (from !== undefined) {
    orThrow(restoreCheckpoint(made, task, from, weightsFile(folder.checkpoint)));
    for (const change of changes(from, task)) terminal.note(`changed since the checkpoint: ${change}`);
  } else sayFolder(folder, call);
  const data = await orReject(loadData(task, argument, textFlag(flags, "data")));
  orThrow(await checkData(made, data));
  terminal.note(`\n${summaryTable(orThrow(summarize(model)))}\n`);
  const explanation = orThrow(explain(made.training, made.device, batchSize));
  terminal.note(
    `training step on ${backend.name}: ${fusionText({ explanation, layers: fusedLayers(made.training.graph) })}\n`,
  );
  const { train, validation, test } = data;
  const sizes = Object.entries({ train, validation, test }).flatMap(([name, part]) =>
    part === undefined ? [] : [`${count(part.y.shape[0] ?? 0)} ${name}`],
  );
  terminal.note(`examples: ${sizes.join(", ")}; batches of ${batchSize}; seed ${seed}; writes to ${folder.out}\n`);
  await sweepCheckpointFolder(folder.checkpoint);
  const run = { task, trainer: made, backend, data, folder, terminal, from };
  const trained = await trainAndSave(run, signals);
  if (E.isLeft(trained)) return orReject(failTask(trained.left.tag, trained.left.where, trained.left.message));
  await report(run, { history: trained.right.history, started, json: switchFlag(flags, "json") });
  made.dispose();
};

export const train: Run = async (call) => {
  const signals = stopSignals(call.terminal);
  try {
    await trainUnder(signals, call);
  } finally {
    signals.dispose();
  }
};
