/** Average pooling over windows of a volume: the layer; its operators are avgPool2d over planes, then over depth. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import type { TripleOption } from "../shape/axis-options.js";
import type { PoolPadding, PoolShape } from "../shape/pool.js";
import { poolLayer, type PoolOptions } from "./pool-layer.js";
import { poolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link avgPool3d} makes. */
export interface AvgPool3d<
  K extends TripleOption = 2,
  St extends TripleOption = K,
  P extends PoolPadding<3> = "valid",
> extends Layer {
  readonly "~out": PoolShape<"avgPool3d", 3, this["~in"], K, St, P, this["~strict"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each window of a volume [d, h, w, c], channel by channel.
 *
 * Shape   [d, h, w, c] -> [d', h', w', c]; d' = ceil(d / stride) for "same",
 *         floor((d + pads - pool) / stride) + 1 otherwise.
 * Params  none.
 * Cost    d h' w' c ph pw + d' h' w' c pd FLOP per example.
 * Errors  an option that is no size; an input that is no volume; a padding not smaller than the pool; a pool larger
 *         than the padded input; with `strict: true` cells that no window holds.
 * Source  Keras AveragePooling3D: cells outside do not count.
 *
 * @example
 * const y = pipe(input([8, 28, 28, 4]), avgPool3d({ poolSize: [2, 3, 3], strides: 2 })) // Expr<[4, 13, 13, 4]>
 */
export function avgPool3d<
  const K extends TripleOption = 2,
  const St extends TripleOption = K,
  const P extends PoolPadding<3> = "valid",
  X extends boolean = false,
>(options: PoolOptions<K, St, P, X> = {}): StrictIf<X, AvgPool3d<K, St, P>> {
  return strictIf(
    options.strict,
    defineLayer(poolLayer({ name: "avgPool3d", rank: 3, operator: "avgPool2d" }, options)),
  );
}

export const avgPool3dKeras = poolKeras({ word: "avgPool3d", rank: 3, of: "Average" }) satisfies KerasMapping;
