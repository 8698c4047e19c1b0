/** Softsign: the operator, used by its name. */
import { abs, add, div, mul, x0 } from "../formula/formula.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/**
 * Softsign: x / (1 + |x|); NaN at ±Infinity, as in Keras.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Turian, Bergstra & Bengio 2009; Keras softsign.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "softsign" })) // Expr<[28, 28, 8]>
 */
export const softsignOperator: ActivationOperator = elementwiseActivation({
  name: "softsign",
  defaults: {},
  formula: () => div(x0, add(1, abs(x0))),
  derivatives: () => [div(1, mul(add(1, abs(x0)), add(1, abs(x0))))],
});

export const softsignOnnxReading = onnxNamedReading("softsign", "Softsign") satisfies OnnxReading;
