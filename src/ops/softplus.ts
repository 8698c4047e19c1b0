/** Softplus: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { abs, add, exp, expm1, log1p, max, neg, x0, y } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** max(x, 0) + log(1 + e^−|x|), which does not overflow; its slope σ(x) is 1 − e^−y. */
export const softplusOperator: ActivationOperator = elementwiseActivation({
  name: "softplus",
  defaults: {},
  formula: () => add(max(x0, 0), log1p(exp(neg(abs(x0))))),
  derivatives: () => [neg(expm1(neg(y)))],
});

/** The type of {@link softplus}. */
export interface Softplus extends SameShape {
  readonly "~name": "softplus";
}

/**
 * Softplus: log(1 + e^x), a smooth relu.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Glorot, Bordes & Bengio 2011; Keras softplus.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), softplus) // Expr<[28, 28, 8]>
 */
export const softplus: Softplus = activationLayer(softplusOperator);

export const softplusOnnx = onnxNamed("softplus", "Softplus") satisfies OnnxMapping;

export const softplusOnnxReading = onnxNamedReading("softplus", "Softplus") satisfies OnnxReading;
