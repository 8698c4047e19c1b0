/** Differences: the layer, and its operator. */
import { defineBinaryMerge, type BinaryMerge } from "../dsl/merge.js";
import { mergeLayer, type BroadcastOptions } from "./merge-layer.js";
import { sub, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { mergeKeras } from "./keras-merge.js";
import type { KerasMapping } from "./keras.js";

/**
 * The difference of two expressions of one shape.
 *
 * Shape   [a, b, …], the same -> the same.
 * Params  none.
 * Cost    one FLOP per element.
 * Errors  shapes that differ.
 * Source  Keras Subtract.
 *
 * @example
 * const y = subtract(x, pipe(x, conv2d({ filters: 64, kernelSize: 3, padding: "same" })))
 */
export const subtract: BinaryMerge<"subtract"> = defineBinaryMerge(mergeLayer({ name: "subtract", most: 2 }));

/**
 * {@link subtract} with options: an axis of 1 stretches to the others' size.
 *
 * @example
 * const y = subtractOf({ broadcast: true })(input([14, 14, 64]), input([1, 1, 64])) // Expr<[14, 14, 64]>
 */
export function subtractOf(options: BroadcastOptions): BinaryMerge<"subtract", 1> {
  return defineBinaryMerge(mergeLayer({ name: "subtract", most: 2, ...options }));
}

/** a − b, broadcast as NumPy does. */
export const subtractOperator = elementwise<Record<never, never>>({
  name: "subtract",
  arity: 2,
  formula: () => sub(x0, x1),
  kernel: () => ({ kernel: "Sub", inputs: { a: 0, b: 1 }, attrs: {} }),
}) satisfies Operator<Record<never, never>>;

export const subtractOnnx = onnxNamed("subtract", "Sub") satisfies OnnxMapping;

export const subtractKeras = mergeKeras("subtract", "Subtract") satisfies KerasMapping;
