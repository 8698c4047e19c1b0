/** Swish with straight pieces: the operator, and its layer. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { elementwiseActivation, type ActivationOperator } from "./activation-operator.js";
import { add, div, gt, max, min, mul, select, x0 } from "../formula/formula.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

/** x (x / 6 + ½) between −3 and 3, 0 below, x above. */
export const hardSwishOperator: ActivationOperator = elementwiseActivation({
  name: "hardSwish",
  defaults: {},
  keras: { name: "hard_silu" },
  formula: () => mul(x0, min(max(add(div(x0, 6), 0.5), 0), 1)),
  derivatives: () => [select(gt(x0, 3), 1, select(gt(-3, x0), 0, add(div(x0, 3), 0.5)))],
});

/** The type of {@link hardSwish}. */
export interface HardSwish extends SameShape {
  readonly "~name": "hardSwish";
}

/**
 * Swish with straight pieces: x · min(max(x + 3, 0), 6) / 6.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Howard et al. 2019 (arXiv:1905.02244) §5.2; Keras hard_swish, also called hard_silu.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), hardSwish) // Expr<[28, 28, 8]>
 */
export const hardSwish: HardSwish = activationLayer(hardSwishOperator);

export const hardSwishOnnx = onnxNamed("hardSwish", "HardSwish") satisfies OnnxMapping;

export const hardSwishOnnxReading = onnxNamedReading("hardSwish", "HardSwish") satisfies OnnxReading;
