/** Schedules along a half cosine: with warm-up, with restarts, and the one-cycle policy. */
import { belowOne, count, fraction, notNegative, optional, positive } from "../options.js";
import { schedule, type Schedule } from "./schedule.js";

/** From 1 at 0 to 0 at 1. */
const halfCosine = (part: number): number => 0.5 * (1 + Math.cos(Math.PI * part));

export interface CosineDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** The last learning rate as a fraction of the first; 0 as in Keras. */
  readonly alpha?: number | undefined;
  /** Where a linear warm-up from `initialLearningRate` ends and the decay begins; none by default. */
  readonly warmupTarget?: number | undefined;
  readonly warmupSteps?: number | undefined;
}
export const cosineDecayRules = {
  initialLearningRate: notNegative(0.1),
  decaySteps: positive(1000),
  alpha: fraction(0.01),
  warmupTarget: optional(positive(0.1)),
  warmupSteps: count(0),
};

/**
 * lr₀ ((1 − α) ½ (1 + cos(π step / decaySteps)) + α), then α lr₀. With a warm-up target, first a straight line from
 * `initialLearningRate` to it over `warmupSteps`, from where the cosine begins.
 *
 * Source  Loshchilov & Hutter 2016 (arXiv:1608.03983); Keras 3 `CosineDecay`.
 *
 * @example
 * const learningRate = cosineDecay({ initialLearningRate: 0, warmupTarget: 1e-3, warmupSteps: 100, decaySteps: 900 })
 */
export const cosineDecay = (given: CosineDecayOptions): Schedule => {
  const { initialLearningRate: start, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = given;
  const decayed = (from: number, step: number): number =>
    from * ((1 - alpha) * halfCosine(Math.min(step, decaySteps) / decaySteps) + alpha);
  return schedule({
    maker: "cosineDecay",
    name: "cosine_decay",
    given,
    rules: cosineDecayRules,
    problem: () =>
      start === 0 && (warmupTarget === undefined || warmupTarget === null)
        ? "cosineDecay: initialLearningRate 0 is not above 0: use a number such as 0.1, or give a warmupTarget"
        : undefined,
    at: (step) => {
      if (warmupTarget === undefined || warmupTarget === null) return decayed(start, step);
      return step < warmupSteps
        ? start + ((warmupTarget - start) * step) / warmupSteps
        : decayed(warmupTarget, step - warmupSteps);
    },
  });
};

export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  /** The length of the first period. */
  readonly firstDecaySteps: number;
  /** Each period is that much longer than the one before; 2 as in Keras. */
  readonly tMul?: number | undefined;
  /** Each period begins that much higher; 1 as in Keras. */
  readonly mMul?: number | undefined;
  /** 0 as in Keras. */
  readonly alpha?: number | undefined;
}
export const cosineDecayRestartsRules = {
  initialLearningRate: positive(0.1),
  firstDecaySteps: positive(1000),
  tMul: positive(2),
  mMul: positive(1),
  alpha: fraction(0.01),
};

/**
 * {@link cosineDecay} over periods of firstDecaySteps · tMulⁱ steps, of which each begins at lr₀ · mMulⁱ.
 *
 * Source  Loshchilov & Hutter 2016 (arXiv:1608.03983); Keras 3 `CosineDecayRestarts`. A step on which a period begins is
 *         that period's first; Keras's float32 logarithm may count it to the period before.
 */
export const cosineDecayRestarts = (given: CosineDecayRestartsOptions): Schedule => {
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = given;
  return schedule({
    maker: "cosineDecayRestarts",
    name: "cosine_decay_restarts",
    given,
    rules: cosineDecayRestartsRules,
    at: (step) => {
      const { period, part } = periodOf(step / firstDecaySteps, tMul);
      return initialLearningRate * ((1 - alpha) * mMul ** period * halfCosine(part) + alpha);
    },
  });
};

/** How many nearly equal values differ by rounding alone. */
const rounding = 1e-9;

/** The number of the period that `done` (in first periods) falls into, and the part of it that is over. */
const periodOf = (done: number, tMul: number): { readonly period: number; readonly part: number } => {
  if (tMul === 1) return { period: Math.floor(done), part: done - Math.floor(done) };
  const period = Math.max(0, Math.floor(Math.log(1 + done * (tMul - 1)) / Math.log(tMul) + rounding));
  const before = (tMul ** period - 1) / (tMul - 1);
  return { period, part: Math.max(0, (done - before) / tMul ** period) };
};

export interface OneCycleOptions {
  readonly maximalLearningRate: number;
  /** Of the whole training. */
  readonly totalSteps: number;
  /** The part of the steps in which the rate rises; 0.3. */
  readonly warmupFraction?: number | undefined;
  /** The first rate is the largest divided by that; 25. */
  readonly divFactor?: number | undefined;
  /** The last rate is the first divided by that; 10,000. */
  readonly finalDivFactor?: number | undefined;
}
export const oneCycleRules = {
  maximalLearningRate: positive(0.1),
  totalSteps: count(2),
  warmupFraction: belowOne(0.3),
  divFactor: positive(25),
  finalDivFactor: positive(1e4),
};

/**
 * The one-cycle policy: along a half cosine up to the largest rate, then along another far below the first.
 *
 * Source  Smith & Topin 2017 (arXiv:1708.07120), with the defaults and the two phases of PyTorch's `OneCycleLR`; Keras has
 *         none. After `totalSteps` the last rate holds.
 */
export const oneCycle = (given: OneCycleOptions): Schedule => {
  const {
    maximalLearningRate: largest,
    totalSteps,
    warmupFraction = 0.3,
    divFactor = 25,
    finalDivFactor = 1e4,
  } = given;
  const first = largest / divFactor;
  const last = first / finalDivFactor;
  const top = warmupFraction * totalSteps - 1;
  const between = (from: number, to: number, part: number): number => to + (from - to) * halfCosine(Math.min(1, part));
  return schedule({
    maker: "oneCycle",
    name: "one_cycle",
    given,
    rules: oneCycleRules,
    at: (step) =>
      step < top
        ? between(first, largest, step / top)
        : between(largest, last, (step - Math.max(0, top)) / (totalSteps - 1 - Math.max(0, top))),
  });
};
