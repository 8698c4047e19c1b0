/** Hyperbolic tangent: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { mul, sub, tanh as tanhOf, x0, y } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** The hyperbolic tangent; its slope is 1 - y². */
export const tanhOperator: ActivationOperator = elementwiseActivation({
  name: "tanh",
  defaults: {},
  formula: () => tanhOf(x0),
  derivatives: () => [sub(1, mul(y, y))],
  kernel: () => ({ kernel: "Tanh", inputs: { x: 0 }, attrs: {} }),
});

/** The type of {@link tanh}. */
export interface Tanh extends SameShape {
  readonly "~name": "tanh";
}

/**
 * Hyperbolic tangent: (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras tanh.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), tanh) // Expr<[28, 28, 8]>
 */
export const tanh: Tanh = activationLayer(tanhOperator);

export const tanhOnnx = onnxNamed("tanh", "Tanh") satisfies OnnxMapping;

export const tanhOnnxReading = onnxNamedReading("tanh", "Tanh") satisfies OnnxReading;
