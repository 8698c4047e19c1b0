/** Products by element: the layer, and its operator. */
import { defineMerge, type Merge } from "../dsl/merge.js";
import { mergeLayer } from "./merge-layer.js";
import { mul, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { mergeKeras } from "./keras-merge.js";
import type { KerasMapping } from "./keras.js";

/**
 * The product by element of two or more expressions; an axis of 1 stretches, which gates need.
 *
 * Shape   [a, b, …], the same or 1 in each axis, … -> [a, b, …].
 * Params  none.
 * Cost    one FLOP per element and further input.
 * Errors  shapes that differ in an axis where none is 1.
 * Source  Keras Multiply.
 *
 * @example
 * const gated = multiply(input([14, 14, 64]), input([1, 1, 64])) // Expr<[14, 14, 64]>
 */
export const multiply: Merge<"multiply", 1> = defineMerge(
  mergeLayer({ name: "multiply", broadcast: true, options: {} }),
);

/** a · b, broadcast as NumPy does. */
export const multiplyOperator = elementwise<Record<never, never>>({
  name: "multiply",
  arity: 2,
  formula: () => mul(x0, x1),
  kernel: () => ({ kernel: "Multiply", inputs: { a: 0, b: 1 }, attrs: {} }),
}) satisfies Operator<Record<never, never>>;

export const multiplyOnnx = onnxNamed("multiply", "Mul") satisfies OnnxMapping;

export const multiplyKeras = mergeKeras("multiply", "Multiply") satisfies KerasMapping;
