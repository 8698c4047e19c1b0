/** Sparse sigmoid: the operator, used by its name. */
import { add, gt, max, min, mul, select, x0, y } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Sparse sigmoid: 0 up to -1, (x + 1) / 2 between -1 and 1, 1 from 1 on; the slope of sparsePlus.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras sparse_sigmoid.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "sparseSigmoid" })) // Expr<[28, 28, 8]>
 */
export const sparseSigmoidOperator: ActivationOperator = elementwiseActivation({
  name: "sparseSigmoid",
  defaults: {},
  formula: () => min(max(mul(0.5, add(x0, 1)), 0), 1),
  derivatives: () => [select(gt(y, 0), select(gt(1, y), 0.5, 0), 0)],
});
