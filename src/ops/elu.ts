/** Exponential linear unit: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, exp, expm1, gt, mul, select, x0, y } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import { float, type OnnxMapping } from "./onnx.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { valueStep, type KerasMapping } from "./keras.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** x above 0, alpha (e^x − 1) below; where alpha is positive the slope follows from the result. */
export const eluOperator: ActivationOperator<{ readonly alpha: number }> = elementwiseActivation({
  name: "elu",
  defaults: { alpha: 1 },
  keras: { layer: "ELU" },
  formula: ({ alpha }) => select(gt(x0, 0), x0, mul(alpha, expm1(x0))),
  derivatives: ({ alpha }) => [
    alpha > 0 ? select(gt(y, 0), 1, add(y, alpha)) : select(gt(x0, 0), 1, mul(alpha, exp(x0))),
  ],
});

/** The type of {@link elu}. */
export interface Elu extends SameShape {
  readonly "~name": "elu";
}

/**
 * Exponential linear unit: x for x > 0, alpha (e^x - 1) elsewhere, with alpha 1; another one by
 * `activation({ name: "elu", alpha })`.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Clevert, Unterthiner & Hochreiter 2016 (arXiv:1511.07289); Keras elu.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), elu) // Expr<[28, 28, 8]>
 */
export const elu: Elu = activationLayer(eluOperator);

export const eluOnnx = onnxNamed("elu", "Elu", ({ alpha }: { readonly alpha: number }) => ({
  alpha: float(alpha),
})) satisfies OnnxMapping;

export const eluOnnxReading = onnxNamedReading("elu", "Elu", ({ float: number }) => ({
  alpha: number("alpha", 1),
})) satisfies OnnxReading;

export const eluTensorFlow = {
  kind: "tensorflow",
  operator: "elu",
  has: ({ attrs }) => attrs.alpha === 1,
  write: ({ values, graph }) => graph.node("Elu", values),
} satisfies TensorFlowMapping<{ readonly alpha: number }>;

export const eluKeras = {
  kind: "keras",
  word: "elu",
  classes: ["ELU"],
  read: ({ config, inputs, apply }) => apply(valueStep("elu", inputs, { alpha: config.numberOr(1, "alpha") })),
} satisfies KerasMapping;
