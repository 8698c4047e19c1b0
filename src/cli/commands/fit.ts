/** `svertka fit`: trains a model on arrays in files. */
import { fail, mistake, orReject, orThrow, SvertkaFailure, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Backend } from "../../backends/backend.js";
import { optimizerPage } from "../../train/checkpoint.js";
import { trainingRecord, type TrainingRecord } from "../../train/checkpoint-training.js";
import { evaluate } from "../../train/evaluate.js";
import { countOf, unitOf } from "../../train/examples.js";
import { fit as fitTrainer, type FitResult } from "../../train/fit.js";
import { lossText } from "../../train/heads.js";
import type { Optimizer } from "../../train/optimizers/index.js";
import { trainer, type Trainer } from "../../train/trainer.js";
import { chooseBackend } from "../choose-backend.js";
import type { Call, Run } from "../command.js";
import { switchFlag, textFlag, wholeFlag, type Flags } from "../flags.js";
import { exampleFiles, readExamples, sizedByFiles } from "../fit/examples.js";
import { aimsOf, classWeightsOf, optimizerOf } from "../fit/named.js";
import { historyFile, outputOf, tryOutput, writeHistoryFile, writeOutput, type Output } from "../fit/output.js";
import { sayResult } from "../fit/result.js";
import { weightFiles } from "../choose-weights.js";
import { dataRules, subjectOf } from "../fit/subject.js";
import { partsOf, validationWish, type Parts } from "../fit/validation.js";
import { loadModel, modelOptions } from "../load-model.js";
import type { LoadedModel } from "../loaded-model.js";
import { progressSteps } from "../progress-steps.js";
import { checkData } from "../train/check-data.js";
import { trainingProgress } from "../train/progress.js";
import { stopSignals, type StopSignals } from "../train/stop-signals.js";

/** Keras's, where there are as many examples. */
const usualBatch = 32;

interface Fitting {
  readonly call: Call;
  readonly trainer: Trainer;
  readonly backend: Backend;
  readonly parts: Parts;
  readonly loaded: LoadedModel;
  /** What a checkpoint keeps to train on. */
  readonly training: TrainingRecord;
  /** What is learned, as a checkpoint says it. */
  readonly loss: string;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly output: Output | undefined;
  readonly history: string | undefined;
}

const batchSizeOf = (flags: Flags, { train }: Parts): Either<SvertkaError, number> => {
  const given = wholeFlag(flags, "batchSize", 1);
  if (E.isLeft(given)) return given;
  const examples = countOf(train);
  return given.right !== undefined && given.right > examples
    ? fail(
        "BadData",
        "--batch-size",
        `${given.right} is more than the ${examples} training examples: use a batch size of at most ${examples}`,
      )
    : E.right(given.right ?? Math.min(usualBatch, examples));
};

/** Everything that can be wrong is looked at here, before a file is written: the flags first, which cost nothing. */
const prepare = async (call: Call): Promise<Fitting> => {
  const { argument, flags, terminal } = call;
  const aims = orThrow(aimsOf(flags));
  const optimizer = orThrow(optimizerOf(flags));
  const classWeights = orThrow(classWeightsOf(flags));
  const epochs = orThrow(wholeFlag(flags, "epochs", 1)) ?? 1;
  const seed = orThrow(wholeFlag(flags, "seed", Number.MIN_SAFE_INTEGER));
  const wish = orThrow(validationWish(flags));
  orThrow(wholeFlag(flags, "batchSize", 1));
  const output = orThrow(outputOf(textFlag(flags, "output")));
  const history = orThrow(historyFile(textFlag(flags, "history")));
  const files = exampleFiles(flags);
  const given = await orReject(loadModel(argument, modelOptions(flags)));
  const loaded = orThrow(await sizedByFiles(given, files));
  const request = { loaded, files: weightFiles(flags), where: argument, purpose: "fit" } as const;
  const subject = orThrow(await subjectOf(request, terminal));
  const rules = orThrow(dataRules(subject, aims));
  const backend = await chooseBackend(textFlag(flags, "backend") ?? "auto", terminal, "training");
  const { model, weights } = subject;
  const made = await orReject(trainer({ ...aims, model, optimizer, classWeights, weights, seed, backend }));
  await orReject(tryOutput(output, { trainer: made, loaded: subject.loaded, from: argument }));
  const parts = orThrow(await partsOf(await orReject(readExamples(files, rules)), wish, rules));
  const batchSize = orThrow(batchSizeOf(flags, parts));
  orThrow(await checkData(made, parts));
  const training = loaded.training ?? orThrow(trainingRecord(model));
  return {
    call,
    trainer: made,
    backend,
    parts,
    loaded: subject.loaded,
    training,
    loss: lossText(aims.loss, aims.lossWeights),
    optimizer,
    epochs,
    batchSize,
    output,
    history,
  };
};

const runFit = async (fitting: Fitting, signals: StopSignals): Promise<FitResult> => {
  const { call, trainer: made, parts, epochs, batchSize } = fitting;
  const { train } = parts;
  const progress = trainingProgress(call.terminal, { total: countOf(train), unit: unitOf(train) });
  signals.setWaiting(true);
  const result = await fitTrainer(made, {
    ...parts,
    epochs,
    batchSize,
    shuffle: call.flags["shuffle"] !== false,
    signal: signals.signal,
    onBatch: progress.onBatch,
    onEpoch: progress.onEpoch,
  })();
  progress.close();
  signals.setWaiting(false);
  return orThrow(result);
};

const write = async (fitting: Fitting, { position, history }: FitResult): Promise<void> => {
  const { call, trainer: made, loaded, training, loss, optimizer, batchSize, output } = fitting;
  const { seed } = made;
  const { graph } = loaded;
  const checkpoint = { graph, training, position, history, seed, batchSize, optimizer: optimizerPage(optimizer) };
  if (output !== undefined)
    await orReject(writeOutput(output, { trainer: made, loaded, from: call.argument }, { ...checkpoint, loss }));
  if (fitting.history !== undefined && Object.keys(history).length > 0)
    await orReject(writeHistoryFile(fitting.history, history));
};

const fitUnder = async (signals: StopSignals, call: Call): Promise<void> => {
  const started = performance.now();
  const fitting = await prepare(call);
  const { trainer: made, parts, output, backend } = fitting;
  const result = await runFit(fitting, signals);
  await write(fitting, result);
  if (result.ended === "interrupted") {
    const place = `epoch ${result.position.epoch + 1}, batch ${result.position.batch}`;
    const left = output === undefined ? "nothing is written, for want of --output" : `${output.path} is written`;
    throw new SvertkaFailure(mistake("Interrupted", place, `stopped: ${left}`));
  }
  const judged = parts.validation ?? parts.train;
  const progress = progressSteps(call.terminal, "examples judged");
  const evaluated = await evaluate(made, judged, { onProgress: progress.done })();
  progress.close();
  const values = orThrow(evaluated);
  made.dispose();
  sayResult(call.terminal, {
    name: parts.validation === undefined ? "training data" : "validation data",
    examples: countOf(judged),
    values,
    started,
    backend: backend.name,
    out: output?.path,
    json: switchFlag(call.flags, "json"),
  });
};

export const fit: Run = async (call) => {
  const signals = stopSignals(call.terminal);
  try {
    await fitUnder(signals, call);
  } finally {
    signals.dispose();
  }
};
