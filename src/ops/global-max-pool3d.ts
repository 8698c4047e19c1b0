/** Global max pooling over a volume: the layer; its operator is reduceMax. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalMaxPool3d}. */
export interface GlobalMaxPool3d extends Layer {
  readonly "~out": GlobalPoolShape<"globalMaxPool3d", 3, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each channel over the whole volume. Equal maxima share the gradient, as in TensorFlow.
 *
 * Shape   [d, h, w, c] -> [c]; d, h and w may be unknown.
 * Params  none.
 * Cost    d h w c FLOP per example.
 * Errors  an input that is no volume.
 * Source  Keras GlobalMaxPooling3D.
 *
 * @example
 * const y = pipe(input([null, 8, 8, 64]), globalMaxPool3d) // Expr<[64]>
 */
export const globalMaxPool3d: GlobalMaxPool3d = globalPoolLayer({
  name: "globalMaxPool3d",
  rank: 3,
  operator: "reduceMax",
});

export const globalMaxPool3dKeras = globalPoolKeras({
  word: "globalMaxPool3d",
  rank: 3,
  of: "Max",
}) satisfies KerasMapping;
