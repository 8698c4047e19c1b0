/** Squareplus: the operator, used by its name. */
import { abs, add, div, gt, max, min, mul, select, sqrt, x0, y, type Formula } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";

/** From here on x² + b is x² in float32, and far further it would be infinite. */
const bound = 1e15;
/** |x|, bounded. */
const near = min(abs(x0), bound);
/** √(x² + b). */
const root = (b: number): Formula => sqrt(add(mul(near, near), b));

/**
 * Squareplus: (x + √(x² + b)) / 2, as max(x, 0) + b / (2 √(x² + b) + 2 |x|), which cancels nothing; 0 at -Infinity, where Keras's is NaN.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  a b that is not above 0.
 * Source  Barron 2021 (arXiv:2112.11687); Keras squareplus, with b 4.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "squareplus", b: 2 })) // Expr<[28, 28, 8]>
 */
export const squareplusOperator: ActivationOperator<{ readonly b: number }> = elementwiseActivation({
  name: "squareplus",
  defaults: { b: 4 },
  problem: ({ b }) => (b > 0 ? undefined : `b ${b} of squareplus is not above 0: use one that is, or relu`),
  formula: ({ b }) => add(max(x0, 0), div(b / 2, add(root(b), near))),
  derivatives: ({ b }) => [select(gt(x0, bound), 1, div(y, root(b)))],
});
