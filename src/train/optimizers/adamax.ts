/** Adam with the infinity norm. */
import { abs, add, div, max, mul, sub } from "../../formula/formula.js";
import { firstMoment, adamRules, type AdamOptions } from "./adam.js";
import { optimizer, powerOf, type Optimizer } from "./optimizer.js";

export type AdamaxOptions = Omit<AdamOptions, "amsgrad">;

const { amsgrad: _, ...rules } = adamRules;
export const adamaxRules: Omit<typeof adamRules, "amsgrad"> = rules;

/**
 * m' = β1 m + (1 − β1) g; u' = max(β2 u, |g|); w' = w − lr m' / ((1 − β1ᵗ) (u' + ε)). The learning rate is 0.001 by default.
 *
 * Source  Kingma & Ba 2014 (arXiv:1412.6980) §7.1; Keras 3 `Adamax`.
 */
export const adamax = (given: AdamaxOptions = {}): Optimizer => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  return optimizer({
    maker: "adamax",
    name: "adamax",
    given,
    rules: adamaxRules,
    learningRate,
    options: { beta1, beta2, epsilon },
    slots: ["m", "u"],
    scalars: [powerOf("beta1Power", beta1)],
    updates: [
      firstMoment(beta1),
      { gives: "u", reads: ["u", "gradient"], formula: max(mul(beta2, "x0"), abs("x1")) },
      {
        gives: "parameter",
        reads: ["parameter", "next:m", "next:u", "learningRate", "next:beta1Power"],
        formula: sub("x0", div(mul("x3", "x1"), mul(sub(1, "x4"), add("x2", epsilon)))),
      },
    ],
  });
};
