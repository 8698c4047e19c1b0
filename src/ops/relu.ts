/** Rectified linear unit: the layer, and its operator. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { gt, max, select, x0, y } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { tensorFlowNode, type TensorFlowMapping } from "./tensorflow.js";

/** The type of {@link relu}. */
export interface Relu extends SameShape {
  readonly "~name": "relu";
}

/**
 * Rectified linear unit: max(x, 0).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Nair & Hinton 2010; its slope at 0 is 0, as in TensorFlow.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), relu) // Expr<[28, 28, 8]>
 */
export const relu: Relu = activationLayer("relu");

/** max(x, 0). Its mask is taken from its result, so that nothing before it must be kept for the gradient. */
export const reluOperator = elementwise<Record<never, never>>({
  name: "relu",
  arity: 1,
  traits: ["activation"],
  formula: () => max(x0, 0),
  derivatives: () => [select(gt(y, 0), 1, 0)],
  kernel: () => ({ kernel: "Relu", inputs: { x: 0 }, attrs: {} }),
}) satisfies Operator<Record<never, never>>;

export const reluOnnx = onnxNamed("relu", "Relu") satisfies OnnxMapping;

export const reluTensorFlow = tensorFlowNode("relu", "Relu") satisfies TensorFlowMapping;
