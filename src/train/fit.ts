/** The training loop: shuffled batches, epochs, validation, history; it can stop anywhere and go on from there. */
import { fail, mistake, type SvertkaError } from "../errors.js";
import { E, type Either, type TaskEither } from "../fp.js";
import { askAll, guarded, type Callback, type EpochRecord, type Wish } from "./callback.js";
import { restoreStates, statesOf, type CallbackStates } from "./callback-states.js";
import { runEpoch } from "./epoch.js";
import { evaluate } from "./evaluate.js";
import { isDataset } from "../data/dataset.js";
import { checkCounts, checkExamples, countOf, sliceExamples } from "./examples.js";
import type { ExamplesFit } from "./data-fits.js";
import type { Losses } from "./heads.js";
import { lossName } from "./step-graph.js";
import type { StepResult, Trainer } from "./trainer.js";
import { dataProblem, examplesIn, type TrainingData } from "./training-data.js";

export type { Examples } from "./examples.js";
export type { TrainingData } from "./training-data.js";

/** Numbers per epoch under each name: `loss`, `accuracy`, `val_loss`, … as in Keras. */
export type History = Readonly<Record<string, readonly number[]>>;

/** Where training stands: `batch` batches of epoch `epoch` (both from 0) are done, with these sums over their examples. */
export interface Position {
  readonly epoch: number;
  readonly batch: number;
  /** By metric, and `loss`: what {@link RunningSums} holds. */
  readonly sums: Readonly<Record<string, readonly number[]>>;
}

/** What a progress bar shows. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  /** Undefined where the data do not say it. */
  readonly batches: number | undefined;
  /** Examples done in this epoch. */
  readonly examples: number;
  /** Means over the epoch so far. */
  readonly means: StepResult;
  /** The share of this epoch's time, from 0 to 1, that was spent waiting for data. */
  readonly waiting: number;
}

export interface FitOptions<
  M = unknown,
  L extends Losses = Losses,
  X extends TrainingData = TrainingData,
  V extends TrainingData = TrainingData,
> {
  /** Arrays, or a data set; its pictures and classes are compared with the model's in types as those of arrays are. */
  readonly train: X & ExamplesFit<M, L, X>;
  readonly validation?: (V & ExamplesFit<M, L, V>) | undefined;
  /** In place of validation data: that fraction of the training examples, from the end and before shuffling, as in Keras. */
  readonly validationSplit?: number | undefined;
  readonly epochs: number;
  /** 32 as in Keras; data that come in batches have their own. */
  readonly batchSize?: number | undefined;
  /**
   * True for arrays, as in Keras; the order of an epoch follows from the trainer's seed and the epoch's number. A data set has
   * its own order, unless this is said to be true.
   */
  readonly shuffle?: boolean | undefined;
  /** An epoch ends after so many batches; needed for data without an end, which go on from there in the next one. */
  readonly stepsPerEpoch?: number | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** To go on from a checkpoint. */
  readonly from?:
    | {
        readonly position: Position;
        readonly history: History;
        /** What callbacks remember, as a {@link FitResult} or a checkpoint holds it. */
        readonly callbackStates?: CallbackStates | undefined;
      }
    | undefined;
  /** When it is aborted, training stops after the batch at hand. */
  readonly signal?: AbortSignal | undefined;
  readonly onBatch?: ((progress: Progress) => void) | undefined;
  readonly onEpoch?: ((record: EpochRecord) => void) | undefined;
}

export interface FitResult {
  readonly history: History;
  readonly position: Position;
  /** What callbacks remember: what a checkpoint keeps beside the history. */
  readonly callbackStates: CallbackStates;
  /** Why it ended: all epochs done, a callback's wish, or the signal. */
  readonly ended: "done" | "stopped" | "interrupted";
}

/** Before the first batch of the first epoch. */
export const startPosition: Position = { epoch: 0, batch: 0, sums: {} };

/** Trains for the epochs that are left. Promise-free callers run the task; its failure is a value. */
export const fit =
  <M, L extends Losses, X extends TrainingData, V extends TrainingData = TrainingData>(
    trainer: Trainer<M, L>,
    given: FitOptions<M, L, X, V>,
  ): TaskEither<SvertkaError, FitResult> =>
  async () => {
    // Sound: what is given up are checks that the call has passed.
    const checked = checkFit(given as unknown as FitOptions, trainer);
    if (E.isLeft(checked)) return checked;
    const options = checked.right;
    const { callbacks = [], epochs } = options;
    const { position = startPosition, history = {}, callbackStates = {} } = options.from ?? {};
    const restored = await restoreStates(callbacks, callbackStates);
    if (E.isLeft(restored)) return restored;
    const own = [lossName, ...trainer.metricNames];
    const names = options.validation === undefined ? own : [...own, ...own.map((name) => `val_${name}`)];
    const begun = await askAll(callbacks, (one) => one.onTrainBegin?.({ epochs, position, history, names, trainer }));
    if (E.isLeft(begun)) return begun;
    const ran = await runEpochs(trainer, options, { position, history, ended: "done" });
    if (E.isLeft(ran)) return ran;
    const states = await statesOf(callbacks);
    if (E.isLeft(states)) return states;
    const result: FitResult = { ...ran.right, callbackStates: states.right };
    if (result.ended !== "interrupted") trainer.useAverages();
    const closed = await askAll(callbacks, (one) => one.onTrainEnd?.({ ...result, trainer }));
    return E.isLeft(closed) ? closed : E.right(result);
  };

type Ran = Omit<FitResult, "callbackStates">;

const runEpochs = async (trainer: Trainer, options: FitOptions, start: Ran): Promise<Either<SvertkaError, Ran>> => {
  let { position, history } = start;
  while (position.epoch < options.epochs) {
    const epoch = await runEpoch(trainer, options, position);
    if (E.isLeft(epoch)) return epoch;
    const { ended, means } = epoch.right;
    if (ended !== "done") return E.right({ history, position: epoch.right.position, ended });
    const finished = await finishEpoch(trainer, options, { epoch: position.epoch, means, history });
    if (E.isLeft(finished)) return finished;
    ({ position, history } = finished.right);
    if (finished.right.wish === "stop") return E.right({ history, position, ended: "stopped" });
  }
  return E.right({ history, position, ended: "done" });
};

/** Validation, the history, and the callbacks. */
const finishEpoch = async (
  trainer: Trainer,
  { validation, callbacks = [], epochs, onEpoch }: FitOptions,
  { epoch, means, history: before }: { readonly epoch: number; readonly means: StepResult; readonly history: History },
): Promise<
  Either<SvertkaError, { readonly position: Position; readonly history: History; readonly wish: "continue" | "stop" }>
> => {
  const validated = validation === undefined ? E.right({}) : await evaluate(trainer, validation)();
  if (E.isLeft(validated)) return validated;
  const logs = await logsOf(callbacks, trainer);
  if (E.isLeft(logs)) return logs;
  const metrics = { ...means, ...prefixed(validated.right), ...logs.right };
  const history = appended(before, metrics);
  const record: EpochRecord = { epoch, epochs, metrics, history };
  const position = { epoch: epoch + 1, batch: 0, sums: {} };
  const told = await guarded("onEpoch", async () => onEpoch?.(record));
  if (E.isLeft(told)) return told;
  const wish = await askAll(callbacks, (one) => async (): Promise<Either<SvertkaError, Wish>> => {
    // After those that were asked before it: the last one, which may save, hears of all.
    const states = await statesOf(callbacks);
    if (E.isLeft(states)) return states;
    return one.onEpochEnd({ ...record, position, callbackStates: states.right, trainer })();
  });
  return E.isLeft(wish) ? wish : E.right({ position, history, wish: wish.right });
};

const logsOf = async (callbacks: readonly Callback[], trainer: Trainer): Promise<Either<SvertkaError, StepResult>> => {
  const logs: Record<string, number> = {};
  for (const { name, logs: ask } of callbacks) {
    const said = await guarded(name, async () => ask?.(trainer) ?? {});
    if (E.isLeft(said)) return said;
    Object.assign(logs, said.right);
  }
  return E.right(logs);
};

const prefixed = (values: StepResult): StepResult =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`val_${name}`, value]));

const appended = (history: History, metrics: StepResult): History =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, [...(history[name] ?? []), value]]));

/** The options with the validation data split off, or what is wrong with them. */
const checkFit = (given: FitOptions, trainer: Trainer): Either<SvertkaError, FitOptions> => {
  const { epochs, batchSize = 32, stepsPerEpoch } = given;
  for (const [name, value] of Object.entries({ epochs, batchSize, stepsPerEpoch: stepsPerEpoch ?? 1 }))
    if (!Number.isSafeInteger(value) || value < 1)
      return fail(
        "BadOption",
        name,
        `${name}: ${value} is no ${name === "batchSize" ? "size" : "count"}: give a whole number of at least 1`,
      );
  const options = split(given);
  if (E.isLeft(options)) return options;
  const { train, validation } = options.right;
  for (const [name, data] of [
    ["train", train],
    ["validation", validation],
  ] as const) {
    const checked = data === undefined ? E.right(undefined) : checkPart(data, name, { trainer, stepsPerEpoch });
    if (E.isLeft(checked)) return checked;
  }
  const problem = sizeProblem(train, batchSize, trainer);
  return problem === undefined ? options : E.left(problem);
};

/** Whether the batches are of sizes that the model can be trained on, where they are known. */
const sizeProblem = (train: TrainingData, batchSize: number, trainer: Trainer): SvertkaError | undefined => {
  const examples = examplesIn(train);
  if (examples === undefined || examples === Infinity || (isDataset(train) && train.kind === "batches"))
    return undefined;
  if (batchSize > examples)
    return mistake(
      "BadData",
      "batchSize",
      `batchSize: ${batchSize} is more than the ${examples} training examples: use a batch size of at most ${examples}`,
    );
  return trainer.batchProblem(examples % batchSize || batchSize) ?? trainer.batchProblem(batchSize);
};

interface PartCheck {
  readonly trainer: Trainer;
  readonly stepsPerEpoch: number | undefined;
}

/** The examples, and all of them as one batch: what does not fit is said before the first epoch. A data set says it when it is read. */
const checkPart = (
  data: TrainingData,
  name: "train" | "validation",
  { trainer, stepsPerEpoch }: PartCheck,
): Either<SvertkaError, void> => {
  if (isDataset(data)) {
    const problem = dataProblem(data, name, name === "train" ? stepsPerEpoch : undefined);
    return problem === undefined ? E.right(undefined) : E.left(problem);
  }
  const checked = checkExamples(data, name);
  if (E.isLeft(checked)) return checked;
  const tried = trainer.checkBatch(data);
  return E.isLeft(tried) ? fail(tried.left.tag, `${name}, ${tried.left.where}`, tried.left.message) : tried;
};

const split = (options: FitOptions): Either<SvertkaError, FitOptions> => {
  const { train, validation, validationSplit } = options;
  if (validationSplit === undefined) return E.right(options);
  if (validation !== undefined)
    return fail("BadOption", "validationSplit", "validationSplit: validation data are given too: use one of them");
  if (isDataset(train))
    return fail("BadOption", "validationSplit", "validationSplit: it is for arrays: use split(0.8) on the data set");
  const counted = checkCounts(train, "train");
  if (E.isLeft(counted)) return counted;
  const examples = countOf(train);
  // Keras's int(math.floor(n (1 - split))).
  const kept = Math.floor(examples * (1 - validationSplit));
  if (!(validationSplit > 0 && validationSplit < 1) || kept === 0 || kept === examples)
    return fail(
      "BadOption",
      "validationSplit",
      `validationSplit: ${validationSplit} leaves no examples for training or for validation: use a fraction such as 0.2`,
    );
  return E.right({
    ...options,
    train: sliceExamples(train, 0, kept),
    validation: sliceExamples(train, kept, examples),
  });
};
