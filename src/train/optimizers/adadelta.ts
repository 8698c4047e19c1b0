/** Adadelta: steps as large as recent steps were, whatever the gradient's unit. */
import { add, div, mul, neg, sqrt } from "../../formula/formula.js";
import { belowOne, positive } from "../options.js";
import { optimizer, type CommonOptions, type Optimizer } from "./optimizer.js";
import { moving } from "./rmsprop.js";

export interface AdadeltaOptions extends CommonOptions {
  /** 0.95 as in Keras. */
  readonly rho?: number | undefined;
  /** 1e-7 as in Keras. */
  readonly epsilon?: number | undefined;
}

export const adadeltaRules = { rho: belowOne(0.95), epsilon: positive(1e-7) };

/**
 * a' = ρ a + (1 − ρ) g²; d = −√(s + ε) / √(a' + ε) · g; s' = ρ s + (1 − ρ) d²; w' = w + lr d. The learning rate is 0.001 by
 * default, as in Keras; the paper has 1.
 *
 * Source  Zeiler 2012 (arXiv:1212.5701); Keras 3 `Adadelta`.
 */
export const adadelta = (given: AdadeltaOptions = {}): Optimizer => {
  const { learningRate = 1e-3, rho = 0.95, epsilon = 1e-7 } = given;
  return optimizer({
    maker: "adadelta",
    name: "adadelta",
    given,
    rules: adadeltaRules,
    learningRate,
    options: { rho, epsilon },
    slots: ["squaredGradient", "squaredStep"],
    updates: [
      { gives: "squaredGradient", reads: ["squaredGradient", "gradient"], formula: moving(rho, mul("x1", "x1")) },
      {
        gives: "step",
        reads: ["squaredStep", "next:squaredGradient", "gradient"],
        formula: neg(mul(div(sqrt(add("x0", epsilon)), sqrt(add("x1", epsilon))), "x2")),
      },
      { gives: "squaredStep", reads: ["squaredStep", "next:step"], formula: moving(rho, mul("x1", "x1")) },
      { gives: "parameter", reads: ["parameter", "next:step", "learningRate"], formula: add("x0", mul("x2", "x1")) },
    ],
  });
};
