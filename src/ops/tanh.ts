/** Hyperbolic tangent: the layer, and its operator. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { mul, sub, tanh as tanhOf, x0, y } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";

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
export const tanh: Tanh = activationLayer("tanh");

/** The hyperbolic tangent; its slope is 1 - y². */
export const tanhOperator = elementwise<Record<never, never>>({
  name: "tanh",
  arity: 1,
  traits: ["activation"],
  formula: () => tanhOf(x0),
  derivatives: () => [sub(1, mul(y, y))],
  kernel: () => ({ kernel: "Tanh", inputs: { x: 0 }, attrs: {} }),
}) satisfies Operator<Record<never, never>>;

export const tanhOnnx = onnxNamed("tanh", "Tanh") satisfies OnnxMapping;
