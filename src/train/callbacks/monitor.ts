/** Watching one number over the epochs: as a pure function of the history, so that a resumed run sees what the first saw. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { TrainBegin } from "../callback.js";
import { anyNumber, count, oneOf, word, type Rules } from "../options.js";
import type { Trainer } from "../trainer.js";

export interface MonitorOptions {
  /** Its name in the history; `val_loss` as in Keras. */
  readonly monitor?: string | undefined;
  /** Which way is better; by default the metric itself says. */
  readonly mode?: "auto" | "min" | "max" | undefined;
  /** How much better is better. */
  readonly minDelta?: number | undefined;
  /** Epochs without improvement that are borne. */
  readonly patience?: number | undefined;
}

export const monitorRules = {
  monitor: word,
  mode: oneOf("auto", "min", "max"),
  minDelta: anyNumber,
  patience: count(0),
} satisfies Rules;

/** Whether a value is better than another; the first of all is. */
export type IsBetter = (value: number, than: number | undefined) => boolean;

/** Keras's: by more than minDelta, and NaN never. */
export const betterIn = (
  { monitor = "val_loss", mode = "auto", minDelta = 0 }: MonitorOptions,
  { metrics }: Pick<Trainer, "metrics">,
): IsBetter => {
  const own = monitor.replace(/^val_/, "");
  const larger = mode === "auto" ? metrics.find(({ name }) => name === own)?.better === "larger" : mode === "max";
  const delta = Math.abs(minDelta);
  return (value, than) => than === undefined || (larger ? value - delta > than : value + delta < than);
};

/** Says before the first epoch that the history will not hold what is watched. */
export const checkMonitor = (who: string, monitor: string, { names }: TrainBegin): Either<SvertkaError, void> => {
  if (names.includes(monitor)) return E.right(undefined);
  const remedy =
    monitor.startsWith("val_") && names.includes(monitor.slice(4)) ? "give validation data" : "use one of them";
  return fail(
    "BadOption",
    who,
    `${who}: the history has no '${monitor.slice(0, 40)}', it has ${names.join(", ").slice(0, 80)}: ${remedy}`,
  );
};

export interface Watched {
  readonly best: number | undefined;
  readonly bestEpoch: number;
  /** Epochs without improvement. */
  readonly wait: number;
}

/** What early stopping knows after these epochs (Keras 3 `EarlyStopping.on_epoch_end`, replayed). */
export const watch = (
  values: readonly number[],
  isBetter: IsBetter,
  {
    baseline,
    startFromEpoch = 0,
  }: { readonly baseline?: number | undefined; readonly startFromEpoch?: number | undefined } = {},
): Watched =>
  values.reduce<Watched>(
    ({ best, bestEpoch, wait }, value, epoch) => {
      if (epoch < startFromEpoch) return { best, bestEpoch, wait };
      if (!isBetter(value, best)) return { best, bestEpoch, wait: wait + 1 };
      const reached = baseline === undefined || isBetter(value, baseline);
      return { best: value, bestEpoch: epoch, wait: reached ? 0 : wait + 1 };
    },
    { best: undefined, bestEpoch: startFromEpoch, wait: 0 },
  );
