/** Stochastic gradient descent. */
import { add, mul, sub } from "../../formula/formula.js";
import { flag, fraction } from "../options.js";
import { optimizer, type CommonOptions, type Optimizer, type UpdateFormula } from "./optimizer.js";

export interface SgdOptions extends CommonOptions {
  /** 0 as in Keras. */
  readonly momentum?: number | undefined;
  readonly nesterov?: boolean | undefined;
}

export const sgdRules = { momentum: fraction(0.9), nesterov: flag };

/** v' = momentum v − lr g. */
const velocity = (momentum: number): UpdateFormula => ({
  gives: "velocity",
  reads: ["velocity", "gradient", "learningRate"],
  formula: sub(mul(momentum, "x0"), mul("x2", "x1")),
});

const plainStep: UpdateFormula = {
  gives: "parameter",
  reads: ["parameter", "gradient", "learningRate"],
  formula: sub("x0", mul("x2", "x1")),
};
const momentumStep: UpdateFormula = {
  gives: "parameter",
  reads: ["parameter", "next:velocity"],
  formula: add("x0", "x1"),
};
const nesterovStep = (momentum: number): UpdateFormula => ({
  gives: "parameter",
  reads: ["parameter", "next:velocity", "gradient", "learningRate"],
  formula: sub(add("x0", mul(momentum, "x1")), mul("x3", "x2")),
});

/**
 * Stochastic gradient descent, with momentum and Nesterov's form of it when asked.
 *
 * v' = momentum v − lr g;  w' = w + v', or with Nesterov w + momentum v' − lr g. The learning rate is 0.01 by default.
 *
 * Source  Keras 3 `SGD`; Sutskever et al. 2013 for Nesterov's form.
 *
 * @example
 * const optimizer = sgd({ learningRate: 3e-3, momentum: 0.9, nesterov: true })
 */
export const sgd = (given: SgdOptions = {}): Optimizer => {
  const { learningRate = 0.01, momentum = 0, nesterov = false } = given;
  const step = nesterov ? nesterovStep(momentum) : momentumStep;
  return optimizer({
    maker: "sgd",
    name: "sgd",
    given,
    rules: sgdRules,
    learningRate,
    options: { momentum, nesterov },
    slots: momentum === 0 ? [] : ["velocity"],
    updates: momentum === 0 ? [plainStep] : [velocity(momentum), step],
  });
};
