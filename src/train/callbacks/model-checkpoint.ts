/** Saves after epochs: each, every so many, or the best so far. */
import { fail, type SvertkaError } from "../../errors.js";
import { TE, pipe, type TaskEither } from "../../fp.js";
import { callback, type Callback, type EpochEnd, type Wish } from "../callback.js";
import { count, flag, optionsProblem } from "../options.js";
import { betterIn, checkMonitor, monitorRules, watch, type MonitorOptions } from "./monitor.js";

export interface ModelCheckpointOptions extends Omit<MonitorOptions, "patience" | "minDelta"> {
  /** Writes what is to be kept; in Node, `svertka/train/node` has one for a folder. */
  readonly save: (end: EpochEnd) => TaskEither<SvertkaError, void>;
  /** Whether only epochs are saved in which `monitor` was better than ever before. */
  readonly saveBestOnly?: boolean | undefined;
  /** Every so many epochs; 1 when not given. */
  readonly every?: number | undefined;
}

const { patience: _, minDelta: __, ...shared } = monitorRules;
const save = {
  holds: (value: unknown) => typeof value === "function",
  says: "a function",
  example: "(end) => …, which writes a file",
};
const rules = { ...shared, save, saveBestOnly: flag, every: count(1) };

/**
 * Saves after every epoch, every `every` epochs, or when `monitor` is the best so far.
 *
 * Source  Keras 3 `ModelCheckpoint` with `save_freq="epoch"`.
 *
 * @example
 * const callbacks = [modelCheckpoint({ save, monitor: "val_accuracy", saveBestOnly: true })]
 */
export const modelCheckpoint = (options: ModelCheckpointOptions): Callback => {
  const { monitor = "val_loss", saveBestOnly = false, every = 1 } = options;
  const problem = optionsProblem("modelCheckpoint", options, rules);
  const isDue = ({ epoch, history, trainer }: EpochEnd): boolean =>
    (epoch + 1) % every === 0 &&
    (!saveBestOnly ||
      watch(history[monitor] ?? [], betterIn(options, trainer)).bestEpoch === (history[monitor] ?? []).length - 1);
  return callback({
    name: "modelCheckpoint",
    onTrainBegin: (begin) => {
      if (problem !== undefined) return TE.fromEither(fail("BadOption", "modelCheckpoint", problem));
      return saveBestOnly ? TE.fromEither(checkMonitor("modelCheckpoint", monitor, begin)) : TE.of(undefined);
    },
    onEpochEnd: (end): TaskEither<SvertkaError, Wish> =>
      isDue(end)
        ? pipe(
            options.save(end),
            TE.map((): Wish => "continue"),
          )
        : TE.of("continue"),
  });
};
