/** Sums: the layer, and its operator. */
import { defineMerge, type Merge } from "../dsl/merge.js";
import { mergeLayer, type BroadcastOptions } from "./merge-layer.js";
import { add as sum, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import { mergeKeras } from "./keras-merge.js";
import type { KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { biasOr, elementwiseOf } from "./onnx-reading-tensors.js";

/**
 * The sum of two or more expressions of one shape.
 *
 * Shape   [a, b, …], the same, … -> the same.
 * Params  none.
 * Cost    one FLOP per element and further input.
 * Errors  shapes that differ.
 * Source  Keras Add.
 *
 * @example
 * const y = add(x, pipe(x, conv2d({ filters: 64, kernelSize: 3, padding: "same" })))
 */
export const add: Merge<"add"> = defineMerge(mergeLayer({ name: "add" }));

/**
 * {@link add} with options: an axis of 1 stretches to the others' size.
 *
 * @example
 * const y = addOf({ broadcast: true })(input([14, 14, 64]), input([1, 1, 64])) // Expr<[14, 14, 64]>
 */
export function addOf(options: BroadcastOptions): Merge<"add", 1> {
  return defineMerge(mergeLayer({ name: "add", ...options }));
}

/** a + b, broadcast as NumPy does. */
export const addOperator = elementwise<Record<never, never>>({
  name: "add",
  arity: 2,
  traits: ["residual"],
  formula: () => sum(x0, x1),
  kernel: () => ({ kernel: "Add", inputs: { a: 0, b: 1 }, attrs: {} }),
}) satisfies Operator<Record<never, never>>;

export const addOnnx = onnxNamed("add", "Add") satisfies OnnxMapping;

export const addOnnxReading = {
  kind: "onnxReading",
  reads: "Add",
  read: (request) =>
    elementwiseOf(
      request,
      [request.input(0), request.input(1)],
      (values) => biasOr(request.emit, values, "add"),
      request.input(0).element,
    ),
} satisfies OnnxReading;

export const addKeras = mergeKeras("add", "Add") satisfies KerasMapping;
