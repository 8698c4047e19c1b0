/** Logistic function: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { activationOperator, type ActivationOperator } from "./activation-operator.js";
import { add, div, exp, mul, neg, sub, x0, y } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** 1 / (1 + e^-x); its slope is y (1 - y). */
export const sigmoidOperator: ActivationOperator<Record<never, never>, object, "probabilities"> = activationOperator(
  elementwise<Record<never, never>>({
    name: "sigmoid",
    arity: 1,
    traits: ["activation", "binaryProbabilities"],
    formula: () => div(1, add(1, exp(neg(x0)))),
    derivatives: () => [mul(y, sub(1, y))],
    kernel: () => ({ kernel: "Sigmoid", inputs: { x: 0 }, attrs: {} }),
  }),
  { gives: "probabilities", defaults: {}, emit: (emit, x) => emit("sigmoid", [x]) },
);

/** The type of {@link sigmoid}. */
export interface Sigmoid extends SameShape<"probabilities"> {
  readonly "~name": "sigmoid";
}

/**
 * Logistic function: 1 / (1 + exp(-x)); its results are probabilities.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Keras sigmoid.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), sigmoid) // Probabilities<[28, 28, 8]>
 */
export const sigmoid: Sigmoid = activationLayer(sigmoidOperator);

export const sigmoidOnnx = onnxNamed("sigmoid", "Sigmoid") satisfies OnnxMapping;

export const sigmoidOnnxReading = onnxNamedReading("sigmoid", "Sigmoid") satisfies OnnxReading;
