/** `svertka train`: from a task to a trained net, with checkpoints from which an interrupted run goes on. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { sweepFolder, weightsFile } from "../../train/node/checkpoint-folder.js";
import { trainerOptionsOf } from "../../train/task.js";
import { trainer } from "../../train/trainer.js";
import { firstExamples } from "../../train/training-data.js";
import { withDataShape } from "../../train/with-data-shape.js";
import { hasUnknownAxes } from "../../run/inference-graph.js";
import { chooseBackend } from "../choose-backend.js";
import type { Call, Run } from "../command.js";
import { switchFlag, textFlag } from "../flags.js";
import { loadTask } from "../load-task.js";
import { loadData } from "../load-task-data.js";
import { announce } from "../train/announce.js";
import { checkData } from "../train/check-data.js";
import { overridden, overridesOf } from "../train/overrides.js";
import { report } from "../train/report.js";
import { readResume, restoreCheckpoint, resumedTask } from "../train/resume.js";
import { defaultOut, runFolder } from "../train/run-folder.js";
import { stopSignals, type StopSignals } from "../train/stop-signals.js";
import { trainAndSave, type TrainingRun } from "../train/train-and-save.js";

const memoryFlag = ({ flags }: Call): Either<SvertkaError, "small" | undefined> => {
  const kind = textFlag(flags, "memory");
  return kind === undefined || kind === "small"
    ? E.right(kind)
    : fail("BadOption", "--memory", `memory: '${kind.slice(0, 40)}' is not known: use small, or leave it out`);
};

/** Everything that can be wrong is looked at here, before a file is written. */
const prepare = async (call: Call): Promise<TrainingRun> => {
  const { argument, flags, terminal } = call;
  const given = overridesOf(call);
  const folder = orThrow(runFolder(textFlag(flags, "out") ?? defaultOut(argument)));
  const loaded = await orReject(loadTask(argument, { typeCheck: switchFlag(flags, "typeCheck") }));
  const from = switchFlag(flags, "resume") ? await orReject(readResume(folder.checkpoint)) : undefined;
  const wanted = overridden(loaded, given);
  const whole = from === undefined ? wanted : orThrow(resumedTask(wanted, from, given));
  const read = loadData(whole, argument, textFlag(flags, "data"));
  // Data are read late, since that takes long, but where they say the size of the model.
  const first = hasUnknownAxes(whole.model) ? await orReject(read) : undefined;
  const task =
    first === undefined
      ? whole
      : { ...whole, model: withDataShape(whole.model, await orReject(firstExamples(first.train, 1))) };
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "training");
  const made = await orReject(trainer({ ...trainerOptionsOf(task), backend, memory: orThrow(memoryFlag(call)) }));
  if (from !== undefined) orThrow(restoreCheckpoint(made, task, from, weightsFile(folder.checkpoint)));
  const data = first ?? (await orReject(read));
  orThrow(await checkData(made, data));
  return { task, trainer: made, backend, data, folder, terminal, from };
};

/** A callback's mistake is in the module that gives it. */
const inModule = (path: string, error: SvertkaError): SvertkaError =>
  error.where.startsWith("callback ") ? { ...error, where: `${path}: ${error.where}` } : error;

const trainUnder = async (signals: StopSignals, call: Call): Promise<void> => {
  const started = performance.now();
  const run = await prepare(call);
  orThrow(announce(run));
  for (const place of [run.folder.out, run.folder.checkpoint]) await sweepFolder(place);
  const { history } = orThrow(
    E.mapLeft((error: SvertkaError) => inModule(call.argument, error))(await trainAndSave(run, signals)),
  );
  await report(run, { history, started, json: switchFlag(call.flags, "json") });
  run.trainer.dispose();
};

export const train: Run = async (call) => {
  const signals = stopSignals(call.terminal);
  try {
    await trainUnder(signals, call);
  } finally {
    signals.dispose();
  }
};
