/** Adam, and Adam with decoupled weight decay. */
import { add, div, max, mul, sqrt, sub } from "../../formula/formula.js";
import { belowOne, flag, positive } from "../options.js";
import { optimizer, powerOf, type CommonOptions, type Optimizer, type UpdateFormula } from "./optimizer.js";

export interface AdamOptions extends CommonOptions {
  /** 0.9 as in Keras. */
  readonly beta1?: number | undefined;
  /** 0.999 as in Keras. */
  readonly beta2?: number | undefined;
  /** 1e-7 as in Keras. */
  readonly epsilon?: number | undefined;
  /** Whether v never falls (Reddi et al. 2018). */
  readonly amsgrad?: boolean | undefined;
}

export const adamRules = { beta1: belowOne(0.9), beta2: belowOne(0.999), epsilon: positive(1e-7), amsgrad: flag };

/** The first moment: m' = β1 m + (1 − β1) g. */
export const firstMoment = (beta1: number): UpdateFormula => ({
  gives: "m",
  reads: ["m", "gradient"],
  formula: add("x0", mul(1 - beta1, sub("x1", "x0"))),
});

/** The second moment: v' = β2 v + (1 − β2) g². */
export const secondMoment = (beta2: number): UpdateFormula => ({
  gives: "v",
  reads: ["v", "gradient"],
  formula: add("x0", mul(1 - beta2, sub(mul("x1", "x1"), "x0"))),
});

const adamLike = (maker: "adam" | "adamw", given: AdamOptions): Optimizer => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false } = given;
  const largest: UpdateFormula = { gives: "vMax", reads: ["vMax", "next:v"], formula: max("x0", "x1") };
  return optimizer({
    maker,
    name: maker,
    given,
    rules: adamRules,
    learningRate,
    options: { beta1, beta2, epsilon, ...(amsgrad ? { amsgrad } : {}) },
    slots: amsgrad ? ["m", "v", "vMax"] : ["m", "v"],
    scalars: [powerOf("beta1Power", beta1), powerOf("beta2Power", beta2)],
    updates: [
      firstMoment(beta1),
      secondMoment(beta2),
      ...(amsgrad ? [largest] : []),
      {
        gives: "stepSize",
        reads: ["learningRate", "next:beta1Power", "next:beta2Power"],
        formula: mul("x0", div(sqrt(sub(1, "x2")), sub(1, "x1"))),
      },
      {
        gives: "parameter",
        reads: ["parameter", "next:m", amsgrad ? "next:vMax" : "next:v", "next:stepSize"],
        formula: sub("x0", div(mul("x3", "x1"), add(sqrt("x2"), epsilon))),
      },
    ],
  });
};

/**
 * Adam: m' = β1 m + (1 − β1) g; v' = β2 v + (1 − β2) g²; w' = w − lr √(1 − β2ᵗ) / (1 − β1ᵗ) · m' / (√v' + ε); with
 * amsgrad the largest v so far stands for v'. The learning rate is 0.001 by default.
 *
 * Source  Kingma & Ba 2014 (arXiv:1412.6980), the form before §2.1's last line with ε "hat", as Keras 3 `Adam` has it.
 *
 * @example
 * const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 1e-3, decaySteps: 1000 }) })
 */
export const adam = (given: AdamOptions = {}): Optimizer => adamLike("adam", given);

/**
 * {@link adam} with decoupled weight decay, 0.004 by default: w (1 − weightDecay · lr) is what Adam's step is taken from.
 *
 * Source  Loshchilov & Hutter 2017 (arXiv:1711.05101); Keras 3 `AdamW`.
 */
export const adamw = ({ weightDecay = 0.004, ...given }: AdamOptions = {}): Optimizer =>
  adamLike("adamw", { ...given, weightDecay });
