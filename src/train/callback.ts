/** Callbacks: what a user wants done at certain moments of training, with typed records, and whether to stop. */
import { fail, SvertkaFailure, type SvertkaError } from "../errors.js";
import { E, TE, type Either, type TaskEither } from "../fp.js";
import type { CallbackStates, Json } from "./callback-states.js";
import type { FitResult, History, Position, Progress } from "./fit.js";
import type { StepResult, Trainer } from "./trainer.js";

/** Whether training goes on. */
export type Wish = "continue" | "stop";

export interface TrainBegin {
  readonly epochs: number;
  /** Where training begins, and what was before: not empty when it resumes. */
  readonly position: Position;
  readonly history: History;
  /** What the history will hold, numbers that callbacks add left out: `loss`, `accuracy`, `val_loss`, … */
  readonly names: readonly string[];
  readonly trainer: Trainer;
}

export interface EpochBegin {
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  readonly trainer: Trainer;
}

export interface BatchEnd extends Progress {
  /** Of this batch alone. */
  readonly metrics: StepResult;
  readonly trainer: Trainer;
}

export interface EpochRecord {
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Of this epoch: `loss`, `accuracy`, `val_loss`, … */
  readonly metrics: StepResult;
  readonly history: History;
}

export interface EpochEnd extends EpochRecord {
  /** Where training would go on: what a checkpoint keeps. */
  readonly position: Position;
  /** What callbacks would have to remember there, as they say it now. */
  readonly callbackStates: CallbackStates;
  readonly trainer: Trainer;
}

export interface TrainEnd extends FitResult {
  readonly trainer: Trainer;
}

export interface Callback {
  readonly kind: "callback";
  readonly name: string;
  readonly onTrainBegin?: ((begin: TrainBegin) => TaskEither<SvertkaError, void>) | undefined;
  readonly onEpochBegin?: ((begin: EpochBegin) => TaskEither<SvertkaError, void>) | undefined;
  readonly onBatchEnd?: ((end: BatchEnd) => TaskEither<SvertkaError, Wish>) | undefined;
  readonly onEpochEnd: (end: EpochEnd) => TaskEither<SvertkaError, Wish>;
  /** After the last epoch, a stop or an interruption; not after a failure. */
  readonly onTrainEnd?: ((end: TrainEnd) => TaskEither<SvertkaError, void>) | undefined;
  /** Numbers that it adds to an epoch's record and history, before its end: `learning_rate`. */
  readonly logs?: ((trainer: Trainer) => StepResult) | undefined;
  /** What it remembers beside the history, as plain JSON: a checkpoint keeps it under the callback's name. */
  readonly state?: (() => Json) | undefined;
  /** Takes what `state` gave, before training goes on from a checkpoint. */
  readonly restore?: ((state: Json) => void) | undefined;
}

/** What {@link callback} takes; what is not given does nothing. */
export type Hooks = Omit<Partial<Callback>, "kind">;

const goOn = (): TaskEither<SvertkaError, Wish> => TE.of("continue");

/**
 * A callback of one's own: any of the moments.
 *
 * @example
 * const every100 = callback({
 *   name: "every 100 batches",
 *   onBatchEnd: ({ batch, means }) => { if (batch % 100 === 0) console.log(batch, means.loss); return TE.of("continue") },
 * })
 *
 * @example
 * let longest = 0
 * const remembers = callback({
 *   name: "longest",
 *   onEpochEnd: ({ history }) => { longest = Math.max(longest, history["loss"]?.length ?? 0); return TE.of("continue") },
 *   state: () => longest,
 *   restore: (state) => { longest = Number(state) },
 * })
 */
export const callback = ({ name = "callback", ...hooks }: Hooks): Callback => ({
  ...hooks,
  kind: "callback",
  name,
  onEpochEnd: hooks.onEpochEnd ?? goOn,
});

/** A callback of one's own: what it does after an epoch, and whether training goes on. */
export const onEpochEnd = (name: string, run: (end: EpochEnd) => TaskEither<SvertkaError, Wish>): Callback =>
  callback({ name, onEpochEnd: run });

/**
 * Stops when a metric passes a threshold: `loss` from above, all others from below.
 *
 * @example
 * const callbacks = [stopAt({ metric: "accuracy", threshold: 0.95 })]
 */
export const stopAt = ({ metric, threshold }: { readonly metric: string; readonly threshold: number }): Callback =>
  onEpochEnd(`stopAt ${metric} ${threshold}`, ({ metrics }) => {
    const value = metrics[metric];
    const passed = value !== undefined && (metric.endsWith("loss") ? value <= threshold : value >= threshold);
    return TE.of(passed ? "stop" : "continue");
  });

/** Asks each callback in order; the first failure ends it, a wish to stop does not. */
export const askAll = async (
  callbacks: readonly Callback[],
  ask: (callback: Callback) => TaskEither<SvertkaError, Wish | void> | undefined,
): Promise<Either<SvertkaError, Wish>> => {
  let wish: Wish = "continue";
  for (const one of callbacks) {
    const answer = await guarded(one.name, async () => ask(one)?.());
    if (E.isLeft(answer)) return answer;
    if (answer.right === undefined) continue;
    if (E.isLeft(answer.right)) return answer.right;
    if (answer.right.right === "stop") wish = "stop";
  }
  return E.right(wish);
};

/** What a user's own function throws is a mistake in it, said as a value that names it; what our laws throw is a bug of ours. */
export const guarded = async <A>(name: string, run: () => Promise<A>): Promise<Either<SvertkaError, A>> => {
  try {
    return E.right(await run());
  } catch (cause) {
    if (cause instanceof SvertkaFailure) return E.left(cause.error);
    if (cause instanceof Error && cause.message.startsWith("svertka bug:")) throw cause;
    const said = String(cause).replace(/\s+/g, " ").slice(0, 150);
    return fail("BadOption", `callback ${name}`, `it throws ${said}: correct it`);
  }
};
