/** Maxima by element: the layer, and its operator. */
import { defineMerge, type Merge } from "../dsl/merge.js";
import { mergeLayer, type BroadcastOptions } from "./merge-layer.js";
import { max, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { mergeKeras } from "./keras-merge.js";
import type { KerasMapping } from "./keras.js";

/**
 * The largest by element of two or more expressions of one shape.
 *
 * Shape   [a, b, …], the same, … -> the same.
 * Params  none.
 * Cost    one comparison per element and further input.
 * Errors  shapes that differ.
 * Source  Keras Maximum; at a tie the earlier input has the gradient, as in TensorFlow.
 *
 * @example
 * const y = maximum(x, pipe(x, conv2d({ filters: 64, kernelSize: 3, padding: "same" })))
 */
export const maximum: Merge<"maximum"> = defineMerge(mergeLayer({ name: "maximum" }));

/**
 * {@link maximum} with options: an axis of 1 stretches to the others' size.
 *
 * @example
 * const y = maximumOf({ broadcast: true })(input([14, 14, 64]), input([1, 1, 64])) // Expr<[14, 14, 64]>
 */
export function maximumOf(options: BroadcastOptions): Merge<"maximum", 1> {
  return defineMerge(mergeLayer({ name: "maximum", ...options }));
}

/** The larger of a and b, broadcast as NumPy does. */
export const maximumOperator = elementwise<Record<never, never>>({
  name: "maximum",
  arity: 2,
  formula: () => max(x0, x1),
  // Our own kernel: TensorFlow.js's on wasm loses a NaN in the second input.
}) satisfies Operator<Record<never, never>>;

export const maximumOnnx = onnxNamed("maximum", "Max") satisfies OnnxMapping;

export const maximumKeras = mergeKeras("maximum", "Maximum") satisfies KerasMapping;
