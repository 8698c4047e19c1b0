/** Schedules that fall along a curve: exponential, inverse, polynomial, in steps. */
import { anyNumber, ascending, flag, listOf, notNegative, positive } from "../options.js";
import { schedule, type Schedule } from "./schedule.js";

const initialLearningRate = positive(0.1);
const decaySteps = positive(1000);

export interface DecayOptions {
  readonly initialLearningRate: number;
  /** The number of steps that the rate of decay is for. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Whether only whole multiples of `decaySteps` count. */
  readonly staircase?: boolean | undefined;
}
export const decayRules = { initialLearningRate, decaySteps, decayRate: positive(0.96), staircase: flag };

const stages = (step: number, { decaySteps: length, staircase = false }: DecayOptions): number =>
  staircase ? Math.floor(step / length) : step / length;

/**
 * lr₀ · decayRate^(step / decaySteps).
 *
 * Source  Keras 3 `ExponentialDecay`.
 */
export const exponentialDecay = (given: DecayOptions): Schedule =>
  schedule({
    maker: "exponentialDecay",
    name: "exponential_decay",
    given,
    rules: decayRules,
    at: (step) => given.initialLearningRate * given.decayRate ** stages(step, given),
  });

/**
 * lr₀ · decayRate^⌊step / decaySteps⌋: falls by a factor every so many steps.
 *
 * @example
 * const learningRate = stepDecay({ initialLearningRate: 0.1, decaySteps: 1000, decayRate: 0.5 })
 */
export const stepDecay = (given: Omit<DecayOptions, "staircase">): Schedule =>
  exponentialDecay({ ...given, staircase: true });

/**
 * lr₀ / (1 + decayRate · step / decaySteps).
 *
 * Source  Keras 3 `InverseTimeDecay`.
 */
export const inverseTimeDecay = (given: DecayOptions): Schedule =>
  schedule({
    maker: "inverseTimeDecay",
    name: "inverse_time_decay",
    given,
    rules: decayRules,
    at: (step) => given.initialLearningRate / (1 + given.decayRate * stages(step, given)),
  });

export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** 0.0001 as in Keras. */
  readonly endLearningRate?: number | undefined;
  /** 1 as in Keras: a straight line. */
  readonly power?: number | undefined;
  /** Whether it begins anew after `decaySteps`, over a multiple of them. */
  readonly cycle?: boolean | undefined;
}
export const polynomialDecayRules = {
  initialLearningRate,
  decaySteps,
  endLearningRate: notNegative(0.0001),
  power: anyNumber,
  cycle: flag,
};

/**
 * (lr₀ − lrₑ) (1 − min(step, decaySteps) / decaySteps)^power + lrₑ; with `cycle` over ⌈step / decaySteps⌉ · decaySteps steps.
 *
 * Source  Keras 3 `PolynomialDecay`.
 */
export const polynomialDecay = (given: PolynomialDecayOptions): Schedule => {
  const {
    initialLearningRate: start,
    decaySteps: length,
    endLearningRate: end = 0.0001,
    power = 1,
    cycle = false,
  } = given;
  return schedule({
    maker: "polynomialDecay",
    name: "polynomial_decay",
    given,
    rules: polynomialDecayRules,
    at: (step) => {
      const whole = cycle ? length * Math.max(1, Math.ceil(step / length)) : length;
      return (start - end) * (1 - Math.min(step, whole) / whole) ** power + end;
    },
  });
};

export interface PiecewiseConstantDecayOptions {
  /** Up to and with step boundaries[i] (and after the one before) values[i] holds; after the last the last value. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}
export const piecewiseConstantDecayRules = { boundaries: ascending, values: listOf(positive(0.1)) };

/**
 * One learning rate up to a step, another up to the next.
 *
 * Source  Keras 3 `PiecewiseConstantDecay`.
 *
 * @example
 * const learningRate = piecewiseConstantDecay({ boundaries: [1000, 2000], values: [0.1, 0.01, 0.001] })
 */
export const piecewiseConstantDecay = (given: PiecewiseConstantDecayOptions): Schedule => {
  const { boundaries, values } = given;
  return schedule({
    maker: "piecewiseConstantDecay",
    name: "piecewise_constant_decay",
    given,
    rules: piecewiseConstantDecayRules,
    problem: () =>
      values.length === boundaries.length + 1
        ? undefined
        : `piecewiseConstantDecay: ${values.length} values for ${boundaries.length} boundaries: give one value more than boundaries`,
    at: (step) => values[boundaries.filter((boundary) => step > boundary).length] ?? Number.NaN,
  });
};
