/** Average pooling over windows of a sequence: the layer; its operator is avgPool2d over an axis of 1 more. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { PoolPadding, PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import { poolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link avgPool1d} makes. */
export interface AvgPool1d<
  K extends number = 2,
  St extends number = K,
  P extends PoolPadding<1> = "valid",
> extends Layer {
  readonly "~out": PoolShape<"avgPool1d", 1, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each window of a sequence [steps, c], channel by channel.
 *
 * Shape   [steps, c] -> [steps', c]; steps' = ceil(steps / stride) for "same",
 *         floor((steps + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    steps' c pool FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  Keras AveragePooling1D: cells outside do not count.
 *
 * @example
 * const y = pipe(input([28, 8]), avgPool1d({ poolSize: 3, strides: 2 })) // Expr<[13, 8]>
 */
export function avgPool1d<
  K extends number = 2,
  St extends number = K,
  const P extends PoolPadding<1> = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, AvgPool1d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "avgPool1d", rank: 1, operator: "avgPool2d" }, options)),
  );
}

export const avgPool1dKeras = poolKeras({ word: "avgPool1d", rank: 1, of: "Average" }) satisfies KerasMapping;
