/** Exponential: the operator, used by its name. */
import { exp, x0, y } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Exponential: e^x.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras exponential.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "exponential" })) // Expr<[28, 28, 8]>
 */
export const exponentialOperator: ActivationOperator = elementwiseActivation({
  name: "exponential",
  defaults: {},
  formula: () => exp(x0),
  derivatives: () => [y],
});
