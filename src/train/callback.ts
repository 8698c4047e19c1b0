/** Callbacks: what a user wants done after each epoch, with typed records, and whether to stop. */
import type { SvertkaError } from "../errors.js";
import { TE, type TaskEither } from "../fp.js";
import type { History, Position } from "./fit.js";
import type { StepResult, Trainer } from "./trainer.js";

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
  readonly trainer: Trainer;
}

export interface Callback {
  readonly kind: "callback";
  readonly name: string;
  readonly onEpochEnd: (end: EpochEnd) => TaskEither<SvertkaError, "continue" | "stop">;
}

/** A callback of one's own: what it does after an epoch, and whether training goes on. */
export const onEpochEnd = (name: string, run: (end: EpochEnd) => TaskEither<SvertkaError, "continue" | "stop">): Callback => ({
  kind: "callback",
  name,
  onEpochEnd: run,
});

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
