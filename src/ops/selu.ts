/** Scaled exponential linear unit: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, expm1, gt, mul, select, x0, y } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import { float, type OnnxMapping } from "./onnx.js";

/** The fixed point of the paper's eq. 14, to float64. */
const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

/** Its slope follows from its result: scale above 0, y + scale · alpha below. */
export const seluOperator: ActivationOperator = elementwiseActivation({
  name: "selu",
  defaults: {},
  formula: () => select(gt(x0, 0), mul(scale, x0), mul(scale * alpha, expm1(x0))),
  derivatives: () => [select(gt(0, y), add(y, scale * alpha), scale)],
});

/** The type of {@link selu}. */
export interface Selu extends SameShape {
  readonly "~name": "selu";
}

/**
 * Scaled exponential linear unit: scale · x for x > 0, scale · alpha (e^x - 1) elsewhere, with alpha = 1.6733 and
 * scale = 1.0507, under which activations keep mean 0 and variance 1.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Klambauer et al. 2017 (arXiv:1706.02515); Keras selu. Goes with `lecunNormal`.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), selu) // Expr<[28, 28, 8]>
 */
export const selu: Selu = activationLayer(seluOperator);

export const seluOnnx = onnxNamed("selu", "Selu", () => ({
  alpha: float(alpha),
  gamma: float(scale),
})) satisfies OnnxMapping;
