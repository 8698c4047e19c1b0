/** Logistic function with straight pieces: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, div, gt, max, min, select, x0, y } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import { float, type OnnxMapping } from "./onnx.js";

/** x / 6 + ½, held in [0, 1]. */
export const hardSigmoidOperator: ActivationOperator = elementwiseActivation({
  name: "hardSigmoid",
  defaults: {},
  formula: () => min(max(add(div(x0, 6), 0.5), 0), 1),
  derivatives: () => [select(gt(y, 0), select(gt(1, y), 1 / 6, 0), 0)],
});

/** The type of {@link hardSigmoid}. */
export interface HardSigmoid extends SameShape {
  readonly "~name": "hardSigmoid";
}

/**
 * Logistic function with straight pieces: min(max(x / 6 + 1/2, 0), 1).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Courbariaux, Bengio & David 2015 (arXiv:1511.00363) §2.3, with Keras 3's slope of 1/6 (0.2 before).
 *
 * @example
 * const y = pipe(input([28, 28, 8]), hardSigmoid) // Expr<[28, 28, 8]>
 */
export const hardSigmoid: HardSigmoid = activationLayer(hardSigmoidOperator);

export const hardSigmoidOnnx = onnxNamed("hardSigmoid", "HardSigmoid", () => ({
  alpha: float(1 / 6),
  beta: float(0.5),
})) satisfies OnnxMapping;
