/** Threshold: the operator, used by its name. */
import { gt, select, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/**
 * Threshold: x above the threshold, defaultValue elsewhere (for a NaN too, as in Keras).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras threshold, where both are given; here they are 0 by default.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "threshold", threshold: 0.5, defaultValue: 0.1 })) // Expr<[28, 28, 8]>
 */
export const thresholdOperator: ActivationOperator<{ readonly threshold: number; readonly defaultValue: number }> =
  elementwiseActivation({
    name: "threshold",
    defaults: { threshold: 0, defaultValue: 0 },
    formula: ({ threshold, defaultValue }) => select(gt(x0, threshold), x0, defaultValue),
    derivatives: ({ threshold }) => [select(gt(x0, threshold), 1, 0)],
  });

export const thresholdOnnxReading = onnxNamedReading("threshold", "ThresholdedRelu", ({ float: number }) => ({
  threshold: number("alpha", 1),
  defaultValue: 0,
})) satisfies OnnxReading;
