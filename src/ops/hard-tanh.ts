/** Hyperbolic tangent with straight pieces: the operator, used by its name. */
import { ge, max, min, select, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Hyperbolic tangent with straight pieces: min(max(x, -1), 1).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras hard_tanh; its slope at -1 and 1 is 1, as in TensorFlow.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "hardTanh" })) // Expr<[28, 28, 8]>
 */
export const hardTanhOperator: ActivationOperator = elementwiseActivation({
  name: "hardTanh",
  defaults: {},
  formula: () => min(max(x0, -1), 1),
  derivatives: () => [select(ge(x0, -1), select(ge(1, x0), 1, 0), 0)],
});
