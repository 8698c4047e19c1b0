/** Max pooling over windows of a volume: the layer; its operators are maxPool2d over planes, then over depth. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { TripleOption } from "../shape/axis-options.js";
import type { PoolPadding, PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import { poolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link maxPool3d} makes. */
export interface MaxPool3d<
  K extends TripleOption = 2,
  St extends TripleOption = K,
  P extends PoolPadding<3> = "valid",
> extends Layer {
  readonly "~out": PoolShape<"maxPool3d", 3, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each window of a volume [d, h, w, c], channel by channel.
 *
 * Shape   [d, h, w, c] -> [d', h', w', c]; d' = ceil(d / stride) for "same",
 *         floor((d + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    d h' w' c ph pw + d' h' w' c pd FLOP per example.
 * Errors  an option that is no size; an input that is no volume; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  Keras MaxPooling3D: cells outside count as -∞.
 *
 * @example
 * const y = pipe(input([8, 28, 28, 4]), maxPool3d({ poolSize: [2, 3, 3], strides: 2 })) // Expr<[4, 13, 13, 4]>
 */
export function maxPool3d<
  const K extends TripleOption = 2,
  const St extends TripleOption = K,
  const P extends PoolPadding<3> = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, MaxPool3d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "maxPool3d", rank: 3, operator: "maxPool2d" }, options)),
  );
}

export const maxPool3dKeras = poolKeras({ word: "maxPool3d", rank: 3, of: "Max" }) satisfies KerasMapping;
