/** Rectified linear unit: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { activationOperator, type ActivationOperator } from "./activation-operator.js";
import { ge, gt, max, min, mul, select, sub, x0, y, type Formula } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { tensorFlowNode, type TensorFlowMapping } from "./tensorflow.js";
import { valueStep, type KerasMapping } from "./keras.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** Keras's options. */
interface ReluOptions {
  readonly negativeSlope: number;
  readonly maxValue: number;
  readonly threshold: number;
}

/** min(x, maxValue) from the threshold on, negativeSlope (x - threshold) below it. */
const bentRelu = ({ negativeSlope, maxValue, threshold }: ReluOptions): Formula => {
  const upper = maxValue === Infinity ? x0 : min(x0, maxValue);
  const lower = mul(negativeSlope, sub(x0, threshold));
  return select(ge(x0, threshold), upper, negativeSlope === 0 ? 0 : lower);
};

/** max(x, 0). Its mask is taken from its result, so that nothing before it must be kept for the gradient. */
export const reluOperator: ActivationOperator<Record<never, never>, ReluOptions> = activationOperator(
  elementwise<Record<never, never>>({
    name: "relu",
    arity: 1,
    traits: ["activation"],
    formula: () => max(x0, 0),
    derivatives: () => [select(gt(y, 0), 1, 0)],
    kernel: () => ({ kernel: "Relu", inputs: { x: 0 }, attrs: {} }),
  }),
  {
    gives: "values",
    defaults: { negativeSlope: 0, maxValue: Infinity, threshold: 0 },
    keras: { layer: "ReLU" },
    emit: (emit, x, options) =>
      options.negativeSlope === 0 && options.maxValue === Infinity && options.threshold === 0
        ? emit("relu", [x])
        : emit("elementwise", [x], { formula: bentRelu(options) }),
  },
);

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
export const relu: Relu = activationLayer(reluOperator);

export const reluOnnx = onnxNamed("relu", "Relu") satisfies OnnxMapping;

export const reluOnnxReading = onnxNamedReading("relu", "Relu") satisfies OnnxReading;

export const reluTensorFlow = tensorFlowNode("relu", "Relu") satisfies TensorFlowMapping;

/** `ReLU` with options is `activation({ name: "relu", … })`. */
export const reluKeras = {
  kind: "keras",
  word: "relu",
  classes: ["ReLU"],
  read: ({ config, inputs, apply }) => {
    const maxValue = config.raw("max_value") === undefined ? undefined : config.number("max_value");
    const negativeSlope = config.numberOr(0, "negative_slope");
    const threshold = config.numberOr(0, "threshold");
    return maxValue === 6 && negativeSlope === undefined && threshold === undefined
      ? apply({ word: "relu6", inputs })
      : apply(valueStep("relu", inputs, { maxValue, negativeSlope, threshold }));
  },
} satisfies KerasMapping;
