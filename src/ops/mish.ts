/** Mish: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, div, exp, max, min, mul, x0, type Formula } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** e^x, bounded where the gate is 1 in float64: its squares stay finite in float32. */
const powerOf = (x: Formula): Formula => exp(min(x, 20));
/** n = w (w + 2) with w = e^x. */
const nOf = (x: Formula): Formula => mul(powerOf(x), add(powerOf(x), 2));
/** tanh(log(1 + w)). */
const gateOf = (x: Formula): Formula => div(nOf(x), add(nOf(x), 2));

/** Far from 0 the slope is 0 or 1; the bounds keep Infinity · 0 out of it. */
const near = max(min(x0, 20), -100);

/** x n / (n + 2); its slope is n / (n + 2) + 4 x w (w + 1) / (n + 2)². */
export const mishOperator: ActivationOperator = elementwiseActivation({
  name: "mish",
  defaults: {},
  formula: () => mul(x0, gateOf(x0)),
  derivatives: () => [
    add(
      gateOf(near),
      mul(near, div(mul(4, mul(powerOf(near), add(powerOf(near), 1))), mul(add(nOf(near), 2), add(nOf(near), 2)))),
    ),
  ],
});

/** The type of {@link mish}. */
export interface Mish extends SameShape {
  readonly "~name": "mish";
}

/**
 * Mish: x · tanh(log(1 + e^x)).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Misra 2019 (arXiv:1908.08681); Keras mish.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), mish) // Expr<[28, 28, 8]>
 */
export const mish: Mish = activationLayer(mishOperator);

export const mishOnnx = onnxNamed("mish", "Mish") satisfies OnnxMapping;

export const mishOnnxReading = onnxNamedReading("mish", "Mish") satisfies OnnxReading;
