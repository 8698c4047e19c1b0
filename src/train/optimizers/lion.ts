/** Lion: only the sign of a momentum moves a weight. */
import { add, gt, mul, select, sub, type Formula } from "../../formula/formula.js";
import { belowOne, type Rule } from "../options.js";
import { optimizer, type CommonOptions, type Optimizer } from "./optimizer.js";

export interface LionOptions extends CommonOptions {
  /** 0.9 as in Keras. */
  readonly beta1?: number | undefined;
  /** 0.99 as in Keras. */
  readonly beta2?: number | undefined;
}

const beta1Rule: Rule = {
  holds: (value) => typeof value === "number" && value > 0 && value <= 1,
  says: "in (0, 1]",
  example: "a number such as 0.9",
};
export const lionRules = { beta1: beta1Rule, beta2: belowOne(0.99) };

const sign = (x: Formula): Formula => select(gt(x, 0), 1, select(gt(0, x), -1, 0));

/**
 * w' = w − lr sign(β1 m + (1 − β1) g); m' = β2 m + (1 − β2) g. The learning rate is 0.001 by default.
 *
 * Source  Chen et al. 2023 (arXiv:2302.06675); Keras 3 `Lion`.
 */
export const lion = (given: LionOptions = {}): Optimizer => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.99 } = given;
  const mixed = (beta: number): Formula => add(mul(beta, "x0"), mul(1 - beta, "x1"));
  return optimizer({
    maker: "lion",
    name: "lion",
    given,
    rules: lionRules,
    learningRate,
    options: { beta1, beta2 },
    slots: ["m"],
    updates: [
      {
        gives: "parameter",
        reads: ["m", "gradient", "parameter", "learningRate"],
        formula: sub("x2", mul("x3", sign(mixed(beta1)))),
      },
      { gives: "m", reads: ["m", "gradient"], formula: mixed(beta2) },
    ],
  });
};
