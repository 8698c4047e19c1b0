/** Hard shrinkage: the operator, used by its name. */
import { abs, gt, select, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Hard shrinkage: x where |x| > threshold, 0 elsewhere (a NaN too, as in Keras).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras hard_shrink, with threshold 0.5.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "hardShrink", threshold: 0.25 })) // Expr<[28, 28, 8]>
 */
export const hardShrinkOperator: ActivationOperator<{ readonly threshold: number }> = elementwiseActivation({
  name: "hardShrink",
  defaults: { threshold: 0.5 },
  formula: ({ threshold }) => select(gt(abs(x0), threshold), x0, 0),
  derivatives: ({ threshold }) => [select(gt(abs(x0), threshold), 1, 0)],
});
