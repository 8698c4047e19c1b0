/** Means by element: a merge of sums and one factor. */
import { defineMerge, type Merge } from "../dsl/merge.js";
import type { LayerSpec } from "./layer.js";
import { mergeLayer, type BroadcastOptions } from "./merge-layer.js";
import { mul, x0 } from "../formula/formula.js";
import { mergeKeras } from "./keras-merge.js";
import type { KerasMapping } from "./keras.js";

const averageLayer = (options: Partial<BroadcastOptions> = {}): LayerSpec =>
  mergeLayer({
    name: "average",
    operator: "add",
    finish: (emit, sum, inputs) => emit("elementwise", [sum], { formula: mul(x0, 1 / inputs) }),
    ...options,
  });

/**
 * The mean by element of two or more expressions of one shape.
 *
 * Shape   [a, b, …], the same, … -> the same.
 * Params  none.
 * Cost    one FLOP per element and input.
 * Errors  shapes that differ.
 * Source  Keras Average.
 *
 * @example
 * const y = average(x, pipe(x, conv2d({ filters: 64, kernelSize: 3, padding: "same" })))
 */
export const average: Merge<"average"> = defineMerge(averageLayer());

/**
 * {@link average} with options: an axis of 1 stretches to the others' size.
 *
 * @example
 * const y = averageOf({ broadcast: true })(input([14, 14, 64]), input([1, 1, 64])) // Expr<[14, 14, 64]>
 */
export function averageOf(options: BroadcastOptions): Merge<"average", 1> {
  return defineMerge(averageLayer(options));
}

export const averageKeras = mergeKeras("average", "Average") satisfies KerasMapping;
