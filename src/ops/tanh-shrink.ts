/** Tanh shrinkage: the operator, used by its name. */
import { mul, sub, tanh, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Tanh shrinkage: x - tanh(x).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras tanh_shrink.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "tanhShrink" })) // Expr<[28, 28, 8]>
 */
export const tanhShrinkOperator: ActivationOperator = elementwiseActivation({
  name: "tanhShrink",
  defaults: {},
  formula: () => sub(x0, tanh(x0)),
  derivatives: () => [mul(tanh(x0), tanh(x0))],
});
