/** Sum pooling over windows of an image: the layer; its operators are avgPool2d and a product. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { PaddingOption, PairOption } from "../shape/padding.js";
import type { PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import { timesCells } from "./window-cells.js";
import { sumPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link sumPool2d} makes. */
export interface SumPool2d<
  K extends PairOption = 2,
  St extends PairOption = K,
  P extends PaddingOption = "valid",
> extends Layer {
  readonly "~out": PoolShape<"sumPool2d", 2, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The sum of each window of an image in NHWC, channel by channel.
 *
 * Shape   [h, w, c] -> [h', w', c]; h' = ceil(h / stride) for "same", floor((h + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    h' w' c ph pw FLOP per example.
 * Errors  an option that is no size; an input that is no image; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  PyTorch's LPPool2d of norm 1 on values that are not negative; cells outside count as 0.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), sumPool2d({ poolSize: 3, strides: 2 })) // Expr<[13, 13, 8]>
 */
export function sumPool2d<
  const K extends PairOption = 2,
  const St extends PairOption = K,
  const P extends PaddingOption = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, SumPool2d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "sumPool2d", rank: 2, operator: "avgPool2d", finish: timesCells }, options)),
  );
}

export const sumPool2dKeras = sumPoolKeras({ word: "sumPool2d", rank: 2 }) satisfies KerasMapping;
