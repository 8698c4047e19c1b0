/** Soft shrinkage: the operator, used by its name. */
import { add, gt, select, sub, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Soft shrinkage: x - threshold above the threshold, x + threshold below -threshold, 0 between (a NaN too, as in Keras).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Donoho 1995, de-noising by soft-thresholding; Keras soft_shrink, with threshold 0.5.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "softShrink", threshold: 0.25 })) // Expr<[28, 28, 8]>
 */
export const softShrinkOperator: ActivationOperator<{ readonly threshold: number }> = elementwiseActivation({
  name: "softShrink",
  defaults: { threshold: 0.5 },
  formula: ({ threshold }) =>
    select(gt(x0, threshold), sub(x0, threshold), select(gt(-threshold, x0), add(x0, threshold), 0)),
  derivatives: ({ threshold }) => [select(gt(x0, threshold), 1, select(gt(-threshold, x0), 1, 0))],
});
