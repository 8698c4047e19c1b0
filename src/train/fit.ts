/** The training loop: shuffled batches, epochs, validation, history; it can stop anywhere and go on from there. */
import { fail, mistake, type SvertkaError } from "../errors.js";
import { E, type Either, type TaskEither } from "../fp.js";
import { checkFinite, type NdArray } from "../data/nd-array.js";
import { gatherRows, sliceRows } from "../data/rows.js";
import { foldIn, keyOf, shuffled } from "../random/index.js";
import type { Callback, EpochRecord } from "./callback.js";
import type { Batch, StepResult, Trainer } from "./trainer.js";

/** Examples with labels: what a batch is cut from. */
export interface Examples {
  readonly x: NdArray<"f32">;
  readonly y: NdArray<"f32"> | NdArray<"i32">;
}

/** Numbers per epoch under each name: `loss`, `accuracy`, `val_loss`, … as in Keras. */
export type History = Readonly<Record<string, readonly number[]>>;

/** Where training stands: `batch` batches of epoch `epoch` (both from 0) are done, with these sums over their examples. */
export interface Position {
  readonly epoch: number;
  readonly batch: number;
  readonly sums: Readonly<Record<string, number>>;
}

/** What a progress bar shows. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  /** Examples done in this epoch. */
  readonly examples: number;
  /** Means over the epoch so far. */
  readonly means: StepResult;
}

export interface FitOptions {
  readonly train: Examples;
  readonly validation?: Examples | undefined;
  readonly epochs: number;
  /** 32 as in Keras. */
  readonly batchSize?: number | undefined;
  /** True as in Keras; the order of an epoch follows from the trainer's seed and the epoch's number. */
  readonly shuffle?: boolean | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** To go on from a checkpoint. */
  readonly from?: { readonly position: Position; readonly history: History } | undefined;
  /** When it is aborted, training stops after the batch at hand. */
  readonly signal?: AbortSignal | undefined;
  readonly onBatch?: ((progress: Progress) => void) | undefined;
  readonly onEpoch?: ((record: EpochRecord) => void) | undefined;
}

export interface FitResult {
  readonly history: History;
  readonly position: Position;
  /** Why it ended: all epochs done, a callback's wish, or the signal. */
  readonly ended: "done" | "stopped" | "interrupted";
}

export const startPosition: Position = { epoch: 0, batch: 0, sums: {} };

/** Trains for the epochs that are left. Promise-free callers run the task; its failure is a value. */
export const fit = (trainer: Trainer, options: FitOptions): TaskEither<SvertkaError, FitResult> => async () => {
  const checked = checkFit(options);
  if (E.isLeft(checked)) return checked;
  let position = options.from?.position ?? startPosition;
  let history = options.from?.history ?? {};
  while (position.epoch < options.epochs) {
    const epoch = await runEpoch(trainer, options, position);
    if (E.isLeft(epoch)) return epoch;
    position = epoch.right.position;
    if (epoch.right.interrupted) return E.right({ history, position, ended: "interrupted" });
    const validated = await validate(trainer, options);
    if (E.isLeft(validated)) return validated;
    const metrics = { ...epoch.right.means, ...validated.right };
    history = appended(history, metrics);
    const record: EpochRecord = { epoch: position.epoch, epochs: options.epochs, metrics, history };
    position = { epoch: position.epoch + 1, batch: 0, sums: {} };
    options.onEpoch?.(record);
    const wish = await runCallbacks(options.callbacks ?? [], record, position, trainer);
    if (E.isLeft(wish)) return wish;
    if (wish.right === "stop") return E.right({ history, position, ended: "stopped" });
  }
  return E.right({ history, position, ended: "done" });
};

const checkFit = ({ train, validation, epochs, batchSize = 32 }: FitOptions): Either<SvertkaError, void> => {
  const examples = train.y.shape[0] ?? 0;
  if (!Number.isSafeInteger(epochs) || epochs < 1) return fail("BadOption", "epochs", `epochs: ${epochs} is no count: give a whole number of at least 1`);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    return fail("BadOption", "batchSize", `batchSize: ${batchSize} is no size: give a whole number of at least 1`);
  if (examples === 0) return fail("BadData", "train", "train: there are no examples: give at least one");
  if (batchSize > examples)
    return fail("BadData", "batchSize", `batchSize: ${batchSize} is more than the ${examples} training examples: use a batch size of at most ${examples}`);
  for (const [name, data] of [["train", train], ["validation", validation]] as const) {
    if (data === undefined) continue;
    if (data.x.shape[0] !== data.y.shape[0])
      return fail("BadData", name, `${name}: ${data.x.shape[0]} inputs and ${data.y.shape[0]} labels: give one label per input`);
    const finite = checkFinite(data.x, name);
    if (E.isLeft(finite)) return finite;
  }
  return E.right(undefined);
};

const appended = (history: History, metrics: StepResult): History =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, [...(history[name] ?? []), value]]));

interface EpochRun {
  readonly position: Position;
  readonly means: StepResult;
  readonly interrupted: boolean;
}

const runEpoch = async (trainer: Trainer, options: FitOptions, from: Position): Promise<Either<SvertkaError, EpochRun>> => {
  const { train, batchSize = 32, epochs } = options;
  const count = train.y.shape[0] ?? 0;
  const batches = Math.ceil(count / batchSize);
  const order = epochOrder(trainer.seed, from.epoch, count, options.shuffle ?? true);
  const sums = new Map(Object.entries(from.sums));
  const meansAfter = (examples: number): StepResult => Object.fromEntries([...sums].map(([name, sum]) => [name, sum / examples]));
  for (let batch = from.batch; batch < batches; batch++) {
    if (options.signal?.aborted === true)
      return E.right({ position: { epoch: from.epoch, batch, sums: Object.fromEntries(sums) }, means: {}, interrupted: true });
    const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
    const result = await trainer.step({ x: gatherRows(train.x, rows), y: gatherRows(train.y, rows) })();
    if (E.isLeft(result)) return result;
    const diverged = divergence(result.right, from.epoch, batch);
    if (diverged !== undefined) return E.left(diverged);
    for (const [name, value] of Object.entries(result.right)) sums.set(name, (sums.get(name) ?? 0) + value * rows.length);
    const examples = batch * batchSize + rows.length;
    options.onBatch?.({ epoch: from.epoch, epochs, batch: batch + 1, batches, examples, means: meansAfter(examples) });
    // Timers, signals and sockets get their turn: kernels on this thread would starve them.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return E.right({ position: { ...from, batch: batches }, means: meansAfter(count), interrupted: false });
};

/** The order of the examples in an epoch: a pure function of the seed and the epoch's number. */
const epochOrder = (seed: number, epoch: number, count: number, shuffle: boolean): Uint32Array =>
  shuffle ? shuffled(count, foldIn(foldIn(keyOf(seed), "shuffle"), epoch)) : Uint32Array.from({ length: count }, (_, i) => i);

const divergence = (result: StepResult, epoch: number, batch: number): SvertkaError | undefined => {
  const { loss = 0 } = result;
  return Number.isFinite(loss)
    ? undefined
    : mistake(
        "Diverged",
        `epoch ${epoch + 1}, batch ${batch + 1}`,
        `loss: it became ${loss}: lower the learning rate, or look for absurd numbers in the data`,
      );
};

/** Loss and metrics over all examples, in inference mode. */
export const evaluate = (trainer: Trainer, data: Examples, batchSize = 256): TaskEither<SvertkaError, StepResult> => async () => {
  const count = data.y.shape[0] ?? 0;
  if (count === 0) return fail("BadData", "evaluate", "evaluate: there are no examples: give at least one");
  const sums = new Map<string, number>();
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(count, start + batchSize);
    const batch: Batch = { x: sliceRows(data.x, start, end), y: sliceRows(data.y, start, end) };
    const result = await trainer.evaluateBatch(batch)();
    if (E.isLeft(result)) return result;
    for (const [name, value] of Object.entries(result.right)) sums.set(name, (sums.get(name) ?? 0) + value * (end - start));
  }
  return E.right(Object.fromEntries([...sums].map(([name, sum]) => [name, sum / count])));
};

const validate = async (trainer: Trainer, { validation }: FitOptions): Promise<Either<SvertkaError, StepResult>> => {
  if (validation === undefined) return E.right({});
  const result = await evaluate(trainer, validation)();
  return E.isLeft(result) ? result : E.right(Object.fromEntries(Object.entries(result.right).map(([name, value]) => [`val_${name}`, value])));
};

const runCallbacks = async (
  callbacks: readonly Callback[],
  record: EpochRecord,
  position: Position,
  trainer: Trainer,
): Promise<Either<SvertkaError, "continue" | "stop">> => {
  let wish: "continue" | "stop" = "continue";
  for (const callback of callbacks) {
    const answer = await callback.onEpochEnd({ ...record, position, trainer })();
    if (E.isLeft(answer)) return answer;
    if (answer.right === "stop") wish = "stop";
  }
  return E.right(wish);
};
