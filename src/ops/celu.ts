/** Continuously differentiable exponential linear unit: the operator, used by its name. */
import { add, div, exp, expm1, gt, mul, select, x0, y } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/**
 * Continuously differentiable exponential linear unit: x for x > 0, alpha (e^(x / alpha) - 1) elsewhere.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  an alpha of 0.
 * Source  Barron 2017 (arXiv:1704.07483); Keras celu, with alpha 1.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "celu", alpha: 0.5 })) // Expr<[28, 28, 8]>
 */
export const celuOperator: ActivationOperator<{ readonly alpha: number }> = elementwiseActivation({
  name: "celu",
  defaults: { alpha: 1 },
  problem: ({ alpha }) =>
    alpha === 0 ? "alpha 0 of celu cannot be used: x is divided by it: use another number" : undefined,
  formula: ({ alpha }) => select(gt(x0, 0), x0, mul(alpha, expm1(div(x0, alpha)))),
  // Where alpha is positive the slope follows from the result.
  derivatives: ({ alpha }) => [
    alpha > 0 ? select(gt(y, 0), 1, add(div(y, alpha), 1)) : select(gt(x0, 0), 1, exp(div(x0, alpha))),
  ],
});

export const celuOnnxReading = onnxNamedReading("celu", "Celu", ({ float: number }) => ({
  alpha: number("alpha", 1),
})) satisfies OnnxReading;
