/** RMSprop: gradients divided by a moving average of their size. */
import { add, div, mul, sqrt, sub, type Formula } from "../../formula/formula.js";
import { belowOne, flag, fraction, positive } from "../options.js";
import { optimizer, type CommonOptions, type Optimizer, type UpdateFormula } from "./optimizer.js";

export interface RmspropOptions extends CommonOptions {
  /** 0.9 as in Keras. */
  readonly rho?: number | undefined;
  /** 0 as in Keras. */
  readonly momentum?: number | undefined;
  /** 1e-7 as in Keras. */
  readonly epsilon?: number | undefined;
  /** Whether the mean gradient's square is taken off, which makes the size a variance. */
  readonly centered?: boolean | undefined;
}

export const rmspropRules = { rho: belowOne(0.9), momentum: fraction(0.9), epsilon: positive(1e-7), centered: flag };

/** A moving average: ρ x0 + (1 − ρ) x. */
export const moving = (rho: number, x: Formula): Formula => add(mul(rho, "x0"), mul(1 - rho, x));

const square: Formula = mul("x1", "x1");

/**
 * v' = ρ v + (1 − ρ) g²; w' = w − lr g / √(v' + ε). Centered, v' − a'² stands for v', a' being the moving average of g.
 * With momentum, b' = momentum b + lr g / √(…) and w' = w − b'. The learning rate is 0.001 by default.
 *
 * Source  Hinton 2012, lecture 6e; Graves 2013 (arXiv:1308.0850) for the centered form; Keras 3 `RMSprop`.
 */
export const rmsprop = (given: RmspropOptions = {}): Optimizer => {
  const { learningRate = 1e-3, rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false } = given;
  const variance: Formula = centered ? sub("x2", mul("x3", "x3")) : "x2";
  const increment: UpdateFormula = {
    gives: "increment",
    reads: ["gradient", "learningRate", "next:v", ...(centered ? ["next:average"] : [])],
    formula: div(mul("x1", "x0"), sqrt(add(variance, epsilon))),
  };
  const hasMomentum = momentum > 0;
  return optimizer({
    maker: "rmsprop",
    name: "rmsprop",
    given,
    rules: rmspropRules,
    learningRate,
    options: { rho, momentum, epsilon, centered },
    slots: ["v", ...(centered ? ["average"] : []), ...(hasMomentum ? ["velocity"] : [])],
    updates: [
      { gives: "v", reads: ["v", "gradient"], formula: moving(rho, square) },
      ...(centered ? [{ gives: "average", reads: ["average", "gradient"], formula: moving(rho, "x1") }] : []),
      increment,
      ...(hasMomentum
        ? [{ gives: "velocity", reads: ["velocity", "next:increment"], formula: add(mul(momentum, "x0"), "x1") }]
        : []),
      {
        gives: "parameter",
        reads: ["parameter", hasMomentum ? "next:velocity" : "next:increment"],
        formula: sub("x0", "x1"),
      },
    ],
  });
};
