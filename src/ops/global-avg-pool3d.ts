/** Global average pooling over a volume: the layer; its operator is reduceMean. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalAvgPool3d}. */
export interface GlobalAvgPool3d extends Layer {
  readonly "~out": GlobalPoolShape<"globalAvgPool3d", 3, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each channel over the whole volume.
 *
 * Shape   [d, h, w, c] -> [c]; d, h and w may be unknown.
 * Params  none.
 * Cost    d h w c FLOP per example.
 * Errors  an input that is no volume.
 * Source  Keras GlobalAveragePooling3D.
 *
 * @example
 * const y = pipe(input([null, 8, 8, 64]), globalAvgPool3d) // Expr<[64]>
 */
export const globalAvgPool3d: GlobalAvgPool3d = globalPoolLayer({
  name: "globalAvgPool3d",
  rank: 3,
  operator: "reduceMean",
});

export const globalAvgPool3dKeras = globalPoolKeras({
  word: "globalAvgPool3d",
  rank: 3,
  of: "Average",
}) satisfies KerasMapping;
