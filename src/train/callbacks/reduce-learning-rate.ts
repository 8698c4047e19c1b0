/** Lowers the learning rate when a number has stopped improving. */
import { fail } from "../../errors.js";
import { E, TE, pipe } from "../../fp.js";
import { callback, type Callback } from "../callback.js";
import { belowOne, count, notNegative, optionsProblem } from "../options.js";
import type { Trainer } from "../trainer.js";
import { betterIn, checkMonitor, monitorRules, type IsBetter, type MonitorOptions } from "./monitor.js";

export interface ReduceLearningRateOptions extends MonitorOptions {
  /** By what the learning rate is multiplied; 0.1 as in Keras. */
  readonly factor?: number | undefined;
  /** Epochs after a reduction that do not count; 0 as in Keras. */
  readonly cooldown?: number | undefined;
  /** It is never lower; 0 as in Keras. */
  readonly minLearningRate?: number | undefined;
}

const rules = { ...monitorRules, factor: belowOne(0.1), cooldown: count(0), minLearningRate: notNegative(0) };

interface Plateau {
  readonly best: number | undefined;
  readonly wait: number;
  readonly cooldown: number;
  readonly reductions: number;
}

/** How often the rate was lowered over these epochs (Keras 3 `ReduceLROnPlateau.on_epoch_end`, replayed). */
const reductionsAfter = (values: readonly number[], isBetter: IsBetter, patience: number, cooldown: number): number =>
  values.reduce<Plateau>(
    (before, value) => {
      const cooling = Math.max(0, before.cooldown - 1);
      const wait = before.cooldown > 0 ? 0 : before.wait;
      if (isBetter(value, before.best)) return { ...before, best: value, wait: 0, cooldown: cooling };
      if (cooling > 0) return { ...before, wait, cooldown: cooling };
      return wait + 1 >= patience
        ? { ...before, wait: 0, cooldown, reductions: before.reductions + 1 }
        : { ...before, wait: wait + 1, cooldown: cooling };
    },
    { best: undefined, wait: 0, cooldown: 0, reductions: 0 },
  ).reductions;

/**
 * Multiplies the learning rate by `factor` (0.1) when `monitor` has not improved by more than `minDelta` (0.0001) for
 * `patience` (10) epochs. The history gets `learning_rate`. What it knows follows from the history: a resumed run has the
 * rate of an uninterrupted one.
 *
 * Source  Keras 3 `ReduceLROnPlateau`.
 *
 * @example
 * const callbacks = [reduceLearningRateOnPlateau({ monitor: "val_loss", factor: 0.5, patience: 3, minLearningRate: 1e-5 })]
 */
export const reduceLearningRateOnPlateau = (given: ReduceLearningRateOptions = {}): Callback => {
  const {
    monitor = "val_loss",
    factor = 0.1,
    patience = 10,
    cooldown = 0,
    minLearningRate = 0,
    minDelta = 1e-4,
  } = given;
  const name = "reduceLearningRateOnPlateau";
  const problem = optionsProblem(name, given, rules);
  const reductions = (values: readonly number[], trainer: Trainer): number =>
    reductionsAfter(values, betterIn({ ...given, minDelta }, trainer), patience, cooldown);
  const lower = (trainer: Trainer, times: number): void => {
    for (let i = 0; i < times; i++) {
      const rate = trainer.learningRate();
      if (rate > minLearningRate) trainer.setLearningRate(Math.max(rate * factor, minLearningRate));
    }
  };
  return callback({
    name,
    logs: (trainer) => ({ learning_rate: trainer.learningRate() }),
    onTrainBegin: (begin) => {
      if (problem !== undefined) return TE.fromEither(fail("BadOption", name, problem));
      const { trainer, history } = begin;
      const settable = pipe(
        checkMonitor(name, monitor, begin),
        E.flatMap(() => trainer.setLearningRate(trainer.learningRate())),
      );
      if (E.isRight(settable)) lower(trainer, reductions(history[monitor] ?? [], trainer));
      return TE.fromEither(settable);
    },
    onEpochEnd: ({ history, trainer }) => {
      const values = history[monitor] ?? [];
      lower(trainer, reductions(values, trainer) - reductions(values.slice(0, -1), trainer));
      return TE.of("continue");
    },
  });
};
