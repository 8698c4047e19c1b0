/** Sigmoid linear unit: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, div, exp, max, min, mul, neg, sub, x0 } from "../formula/formula.js";

/** 1 / (1 + e^−x). */
const gate = div(1, add(1, exp(neg(x0))));
/** Far from 0 the gate is 0 or 1; the bound keeps Infinity · 0 out of slopes. */
const near = max(min(x0, 100), -100);

/** x σ(x); its slope is σ (1 + x (1 − σ)). */
export const siluOperator: ActivationOperator = elementwiseActivation({
  name: "silu",
  defaults: {},
  formula: () => div(x0, add(1, exp(neg(x0)))),
  derivatives: () => [mul(gate, add(1, mul(near, sub(1, gate))))],
});

/** The type of {@link silu}. */
export interface Silu extends SameShape {
  readonly "~name": "silu";
}

/**
 * Sigmoid linear unit, or swish: x / (1 + e^-x).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Hendrycks & Gimpel 2016 (arXiv:1606.08415); Ramachandran, Zoph & Le 2017 (arXiv:1710.05941); Keras silu.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), silu) // Expr<[28, 28, 8]>
 */
export const silu: Silu = activationLayer(siluOperator);
