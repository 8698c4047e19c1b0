/** Sparse plus: the operator, used by its name. */
import { add, ge, gt, mul, select, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/**
 * Sparse plus: 0 up to -1, (x + 1)² / 4 between -1 and 1, x from 1 on.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras sparse_plus.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "sparsePlus" })) // Expr<[28, 28, 8]>
 */
export const sparsePlusOperator: ActivationOperator = elementwiseActivation({
  name: "sparsePlus",
  defaults: {},
  formula: () => select(ge(-1, x0), 0, select(gt(1, x0), mul(0.25, mul(add(x0, 1), add(x0, 1))), x0)),
  derivatives: () => [select(ge(-1, x0), 0, select(gt(1, x0), mul(0.5, add(x0, 1)), 1))],
});
