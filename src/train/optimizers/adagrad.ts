/** Adagrad: a learning rate of its own for each element, the smaller the more that element has moved. */
import { add, div, mul, sqrt, sub } from "../../formula/formula.js";
import { notNegative, positive } from "../options.js";
import { optimizer, type CommonOptions, type Optimizer } from "./optimizer.js";

export interface AdagradOptions extends CommonOptions {
  /** 0.1 as in Keras. */
  readonly initialAccumulatorValue?: number | undefined;
  /** 1e-7 as in Keras. */
  readonly epsilon?: number | undefined;
}

export const adagradRules = { initialAccumulatorValue: notNegative(0.1), epsilon: positive(1e-7) };

/**
 * a' = a + g²; w' = w − lr g / √(a' + ε). The learning rate is 0.001 by default.
 *
 * Source  Duchi et al. 2011; Keras 3 `Adagrad`.
 */
export const adagrad = (given: AdagradOptions = {}): Optimizer => {
  const { learningRate = 1e-3, initialAccumulatorValue = 0.1, epsilon = 1e-7 } = given;
  return optimizer({
    maker: "adagrad",
    name: "adagrad",
    given,
    rules: adagradRules,
    learningRate,
    options: { initialAccumulatorValue, epsilon },
    slots: [{ name: "accumulator", start: initialAccumulatorValue }],
    updates: [
      { gives: "accumulator", reads: ["accumulator", "gradient"], formula: add("x0", mul("x1", "x1")) },
      {
        gives: "parameter",
        reads: ["parameter", "gradient", "next:accumulator", "learningRate"],
        formula: sub("x0", div(mul("x3", "x1"), sqrt(add("x2", epsilon)))),
      },
    ],
  });
};
