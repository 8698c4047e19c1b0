/** Rectified linear unit with a ceiling: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { gt, max, min, select, x0, y } from "../formula/formula.js";
import type { OnnxMapping } from "./onnx.js";
import { tensorFlowNode, type TensorFlowMapping } from "./tensorflow.js";

/** min(max(x, 0), 6); its mask is taken from its result. */
export const relu6Operator: ActivationOperator = elementwiseActivation({
  name: "relu6",
  defaults: {},
  formula: () => min(max(x0, 0), 6),
  derivatives: () => [select(gt(y, 0), select(gt(6, y), 1, 0), 0)],
  // Our own kernel: TensorFlow.js's Relu6 on wasm turns NaN into 0.
});

/** The type of {@link relu6}. */
export interface Relu6 extends SameShape {
  readonly "~name": "relu6";
}

/**
 * Rectified linear unit with a ceiling: min(max(x, 0), 6).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Krizhevsky 2010, convolutional deep belief networks on CIFAR-10; MobileNet.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), relu6) // Expr<[28, 28, 8]>
 */
export const relu6: Relu6 = activationLayer(relu6Operator);

export const relu6Onnx = {
  kind: "onnx",
  operator: "relu6",
  write: ({ layout, aligned, node, floats }) => ({
    layout,
    name: node("Clip", [aligned(0, layout), floats([0]), floats([6])]),
  }),
} satisfies OnnxMapping;

export const relu6TensorFlow = tensorFlowNode("relu6", "Relu6") satisfies TensorFlowMapping;
