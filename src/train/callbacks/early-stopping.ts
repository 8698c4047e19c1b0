/** Stops when a number has not improved for a while, with the best weights put back. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, type TaskEither } from "../../fp.js";
import { callback, type Callback, type EpochEnd, type Wish } from "../callback.js";
import { anyNumber, count, flag, optional, optionsProblem } from "../options.js";
import type { Trainer } from "../trainer.js";
import { betterIn, checkMonitor, monitorRules, watch, type MonitorOptions } from "./monitor.js";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Whether the weights of the best epoch are put back at the end; false as in Keras. */
  readonly restoreBestWeights?: boolean | undefined;
  /** What must be passed; improvements that stay behind it do not count. */
  readonly baseline?: number | undefined;
  /** Earlier epochs are not looked at. */
  readonly startFromEpoch?: number | undefined;
}

const rules = { ...monitorRules, restoreBestWeights: flag, baseline: optional(anyNumber), startFromEpoch: count(0) };

/** Under which the best weights are put aside. */
const keptName = "best";

const restore = (trainer: Trainer): void => {
  const best = trainer.kept(keptName);
  if (best !== undefined) trainer.setWeights(best);
};

/**
 * Stops when `monitor` has not improved by more than `minDelta` (0) for `patience` (0) epochs.
 *
 * With `restoreBestWeights` the best epoch's weights are put back when it stops or after the last epoch, before later
 * callbacks are asked, so that a checkpoint holds them. What it knows follows from the history, and the best weights are
 * part of a snapshot: a resumed run stops where an uninterrupted one does.
 *
 * Source  Keras 3 `EarlyStopping`. A monitor that the history has not is a mistake here, a warning there.
 *
 * @example
 * const callbacks = [earlyStopping({ monitor: "val_accuracy", patience: 3, restoreBestWeights: true })]
 */
export const earlyStopping = (options: EarlyStoppingOptions = {}): Callback => {
  const { monitor = "val_loss", patience = 0, restoreBestWeights = false } = options;
  const problem = optionsProblem("earlyStopping", options, rules);
  const onEpochEnd = async ({ epoch, epochs, history, trainer }: EpochEnd): Promise<Wish> => {
    const { startFromEpoch = 0 } = options;
    const { wait, bestEpoch } = watch(history[monitor] ?? [], betterIn(options, trainer), options);
    // Until something is better than nothing, the first epoch that is looked at is the best.
    if (restoreBestWeights && bestEpoch === epoch) trainer.keep(keptName, await trainer.weights());
    const stops = epoch >= startFromEpoch && bestEpoch !== epoch && wait >= patience && epoch > 0;
    if (restoreBestWeights && (stops || epoch + 1 === epochs)) restore(trainer);
    return stops ? "stop" : "continue";
  };
  return callback({
    name: "earlyStopping",
    onTrainBegin: (begin) =>
      TE.fromEither(
        problem === undefined
          ? checkMonitor("earlyStopping", monitor, begin)
          : fail("BadOption", "earlyStopping", problem),
      ),
    onEpochEnd:
      (end): TaskEither<SvertkaError, Wish> =>
      async () =>
        E.right(await onEpochEnd(end)),
    // Moving averages, where the optimiser keeps some, have replaced the weights meanwhile.
    onTrainEnd: ({ ended, trainer }) => {
      if (restoreBestWeights && ended !== "interrupted") restore(trainer);
      return TE.of(undefined);
    },
  });
};
