/** Sum pooling over windows of a sequence: the layer; its operators are avgPool2d and a product. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { PoolPadding, PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import { timesCells } from "./window-cells.js";
import { sumPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link sumPool1d} makes. */
export interface SumPool1d<
  K extends number = 2,
  St extends number = K,
  P extends PoolPadding<1> = "valid",
> extends Layer {
  readonly "~out": PoolShape<"sumPool1d", 1, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The sum of each window of a sequence [steps, c], channel by channel.
 *
 * Shape   [steps, c] -> [steps', c]; steps' = ceil(steps / stride) for "same",
 *         floor((steps + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    steps' c pool FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  PyTorch's LPPool1d of norm 1 on values that are not negative; cells outside count as 0.
 *
 * @example
 * const y = pipe(input([28, 8]), sumPool1d({ poolSize: 3, strides: 2 })) // Expr<[13, 8]>
 */
export function sumPool1d<
  K extends number = 2,
  St extends number = K,
  const P extends PoolPadding<1> = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, SumPool1d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "sumPool1d", rank: 1, operator: "avgPool2d", finish: timesCells }, options)),
  );
}

export const sumPool1dKeras = sumPoolKeras({ word: "sumPool1d", rank: 1 }) satisfies KerasMapping;
