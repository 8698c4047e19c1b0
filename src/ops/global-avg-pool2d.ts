/** Global average pooling over an image: the layer; its operator is reduceMean. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalAvgPool2d}. */
export interface GlobalAvgPool2d extends Layer {
  readonly "~out": GlobalPoolShape<"globalAvgPool2d", 2, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each channel over the whole image.
 *
 * Shape   [h, w, c] -> [c]; h and w may be unknown.
 * Params  none.
 * Cost    h w c FLOP per example.
 * Errors  an input that is no image.
 * Source  Lin, Chen & Yan 2013 (arXiv:1312.4400) §3.2; Keras GlobalAveragePooling2D.
 *
 * @example
 * const y = pipe(input([null, null, 64]), globalAvgPool2d) // Expr<[64]>
 */
export const globalAvgPool2d: GlobalAvgPool2d = globalPoolLayer({
  name: "globalAvgPool2d",
  rank: 2,
  operator: "reduceMean",
});

export const globalAvgPool2dKeras = globalPoolKeras({
  word: "globalAvgPool2d",
  rank: 2,
  of: "Average",
}) satisfies KerasMapping;
