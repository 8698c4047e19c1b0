/** What an optimiser is: how a weight follows from its gradient, as formulas over the whole tensor. */
import type { Formula } from "../../formula/formula.js";
import { count, fraction, notNegative, optional, optionsProblem, positive, type Rule, type Rules } from "../options.js";
import { isSchedule, type Schedule } from "../schedules/schedule.js";

/** One step of an update rule, over the values named in `reads`: x0 is the first. */
export interface UpdateFormula {
  /** The slot that it gives, `parameter`, or a name of its own for a value in between. */
  readonly gives: string;
  /** `parameter`, `gradient`, `learningRate`, a slot or scalar (its old value), or `next:` and something given before. */
  readonly reads: readonly string[];
  readonly formula: Formula;
}

/** State per step: where it begins, and its next value, by what `reads` names (scalars, or `next:` and one before it). */
export interface ScalarState {
  readonly name: string;
  readonly start: number;
  readonly reads: readonly string[];
  readonly formula: Formula;
}

/** State per weight, of its shape. */
export interface Slot {
  readonly name: string;
  /** What it is filled with at first. */
  readonly start: number;
}

/** How large gradients may be; one of three, as in Keras. */
export type Clipping =
  /** The norm of each tensor. */
  | { readonly by: "norm"; readonly limit: number }
  /** The norm of all tensors as one vector. */
  | { readonly by: "globalNorm"; readonly limit: number }
  /** Each element, on both sides of 0. */
  | { readonly by: "value"; readonly limit: number };

/** What every optimiser can be asked for, with Keras's meaning. */
export interface CommonOptions {
  /** A number, or a schedule of numbers. */
  readonly learningRate?: number | Schedule | undefined;
  /** Decoupled: w becomes w (1 − weightDecay · learning rate) before the update (Loshchilov & Hutter 2017). */
  readonly weightDecay?: number | undefined;
  /** Paths of weights that do not decay, as `trainable` takes them: `["dense/bias"]`; none by default. */
  readonly excludeFromWeightDecay?: readonly string[] | undefined;
  /** The norm of each gradient is at most that. */
  readonly clipNorm?: number | undefined;
  /** The norm of all gradients together is at most that. */
  readonly globalClipNorm?: number | undefined;
  /** Each element of a gradient is at most that far from 0. */
  readonly clipValue?: number | undefined;
  /** Whether an exponential moving average of the weights is kept, which replaces them at the end of `fit`. */
  readonly useEma?: boolean | undefined;
  /** 0.99 as in Keras. */
  readonly emaMomentum?: number | undefined;
  /** Weights change every so many steps only, by the mean of the gradients. */
  readonly gradientAccumulationSteps?: number | undefined;
}

export interface Optimizer {
  readonly kind: "optimizer";
  /** Keras's name. */
  readonly name: string;
  /** Of the first step. */
  readonly learningRate: number;
  readonly schedule?: Schedule | undefined;
  /** Options beside the learning rate, for checkpoints and `explain`. */
  readonly options: Readonly<Record<string, number | boolean>>;
  /** What is wrong with the options, if anything; said when the model is compiled. */
  readonly problem?: string | undefined;
  readonly slots: readonly Slot[];
  readonly scalars: readonly ScalarState[];
  /** In order; one gives `parameter`. */
  readonly updates: readonly UpdateFormula[];
  readonly weightDecay?: number | undefined;
  readonly excludeFromWeightDecay: readonly string[];
  readonly clipping?: Clipping | undefined;
  /** The momentum of the weights' moving average, where one is kept. */
  readonly ema?: number | undefined;
  /** 1 for a change at each step. */
  readonly accumulationSteps: number;
}

const rate: Rule = {
  holds: (value) => isSchedule(value) || positive(0.001).holds(value),
  says: "above 0",
  example: "a number such as 0.001, or a schedule",
};

const isWord = (value: unknown): boolean => typeof value === "string" && value !== "";

export const commonRules = {
  learningRate: rate,
  weightDecay: optional(notNegative(0.004)),
  excludeFromWeightDecay: {
    holds: (value: unknown) => Array.isArray(value) && value.every(isWord),
    says: "a list of weights' paths",
    example: 'a list such as ["dense/bias"]',
  },
  clipNorm: optional(positive(1)),
  globalClipNorm: optional(positive(1)),
  clipValue: optional(positive(0.5)),
  useEma: { holds: (value: unknown) => typeof value === "boolean", says: "true or false", example: "true or false" },
  emaMomentum: fraction(0.99),
  gradientAccumulationSteps: optional(count(1)),
} satisfies Rules;

/** What an optimiser adds to the common part. */
interface Facts {
  readonly maker: string;
  readonly name: string;
  readonly given: CommonOptions;
  readonly rules: Rules;
  readonly learningRate: number | Schedule;
  /** Its own options, with their defaults. */
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly slots: readonly (string | Slot)[];
  readonly scalars?: readonly ScalarState[];
  readonly updates: readonly UpdateFormula[];
}

/** Makes the optimiser of an update rule: the options that all have in common are read here. */
export const optimizer = (facts: Facts): Optimizer => {
  const { maker, name, given, rules, learningRate, options, slots, scalars = [], updates } = facts;
  const schedule = isSchedule(learningRate) ? learningRate : undefined;
  const {
    weightDecay,
    excludeFromWeightDecay = [],
    useEma = false,
    emaMomentum = 0.99,
    gradientAccumulationSteps,
  } = given;
  return {
    kind: "optimizer",
    name,
    learningRate: isSchedule(learningRate) ? learningRate.at(0) : learningRate,
    schedule,
    options: { ...options, ...commonOptions(given) },
    problem:
      optionsProblem(maker, given, { ...commonRules, ...rules }) ?? schedule?.problem ?? clippingProblem(maker, given),
    slots: slots.map((slot) => (typeof slot === "string" ? { name: slot, start: 0 } : slot)),
    scalars,
    updates,
    weightDecay: weightDecay ?? undefined,
    excludeFromWeightDecay,
    clipping: clippingOf(given),
    ema: useEma ? emaMomentum : undefined,
    accumulationSteps: gradientAccumulationSteps ?? 1,
  };
};

/** Those that were given, apart from the learning rate. */
const commonOptions = ({
  learningRate: _,
  excludeFromWeightDecay: __,
  ...given
}: CommonOptions): Readonly<Record<string, number | boolean>> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]): [string, number | boolean][] =>
      typeof value === "number" || typeof value === "boolean" ? [[name, value]] : [],
    ),
  );

const clippingOf = ({ clipNorm, globalClipNorm, clipValue }: CommonOptions): Clipping | undefined =>
  clipNorm !== undefined && clipNorm !== null
    ? { by: "norm", limit: clipNorm }
    : globalClipNorm !== undefined && globalClipNorm !== null
      ? { by: "globalNorm", limit: globalClipNorm }
      : clipValue !== undefined && clipValue !== null
        ? { by: "value", limit: clipValue }
        : undefined;

const clippingProblem = (maker: string, { clipNorm, globalClipNorm, clipValue }: CommonOptions): string | undefined => {
  const given = Object.entries({ clipNorm, globalClipNorm, clipValue }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return given.length < 2
    ? undefined
    : `${maker}: ${given.map(([name]) => name).join(" and ")} are given: use one of them`;
};

/** βᵗ, multiplied once a step: float32's power function would lose digits of 1 − βᵗ. Its `next:` is that of this step. */
export const powerOf = (name: string, base: number): ScalarState => ({
  name,
  start: 1,
  reads: [name],
  formula: ["mul", "x0", base],
});
