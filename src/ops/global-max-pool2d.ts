/** Global max pooling over an image: the layer; its operator is reduceMax. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalMaxPool2d}. */
export interface GlobalMaxPool2d extends Layer {
  readonly "~out": GlobalPoolShape<"globalMaxPool2d", 2, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each channel over the whole image. Equal maxima share the gradient, as in TensorFlow.
 *
 * Shape   [h, w, c] -> [c]; h and w may be unknown.
 * Params  none.
 * Cost    h w c FLOP per example.
 * Errors  an input that is no image.
 * Source  Keras GlobalMaxPooling2D.
 *
 * @example
 * const y = pipe(input([null, null, 64]), globalMaxPool2d) // Expr<[64]>
 */
export const globalMaxPool2d: GlobalMaxPool2d = globalPoolLayer({
  name: "globalMaxPool2d",
  rank: 2,
  operator: "reduceMax",
});

export const globalMaxPool2dKeras = globalPoolKeras({
  word: "globalMaxPool2d",
  rank: 2,
  of: "Max",
}) satisfies KerasMapping;
