/** Logarithm of the logistic function: the operator, used by its name. */
import { abs, exp, expm1, log1p, min, neg, sub, x0, y } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Logarithm of the logistic function: log(1 / (1 + e^-x)) = min(x, 0) - log(1 + e^-|x|), which does not overflow.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras log_sigmoid.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "logSigmoid" })) // Expr<[28, 28, 8]>
 */
export const logSigmoidOperator: ActivationOperator = elementwiseActivation({
  name: "logSigmoid",
  defaults: {},
  formula: () => sub(min(x0, 0), log1p(exp(neg(abs(x0))))),
  // 1 - σ(x) = 1 - e^y
  derivatives: () => [neg(expm1(y))],
});
