/** Adaptive max pooling over an image: the layer; its operators are maxPool2d, and slices where windows differ. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { AdaptivePoolShape } from "../shape/adaptive-pool.js";
import type { PairOption } from "../shape/padding.js";
import { adaptivePoolLayer } from "./adaptive-pool-layer.js";
import { adaptivePoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link adaptiveMaxPool2d} makes. */
export interface AdaptiveMaxPool2d<O extends PairOption> extends Layer {
  readonly "~out": AdaptivePoolShape<"adaptiveMaxPool2d", 2, this["~in"], O>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each of as many windows as asked for, channel by channel: window i of an axis goes from
 * floor(i size / outputSize) to ceil((i + 1) size / outputSize), so that neighbours may overlap.
 *
 * Shape   [h, w, c] -> [...outputSize, c]; h and w may be unknown.
 * Params  none.
 * Cost    about one FLOP per cell of the input.
 * Errors  an output size that is no size; an input that is no image.
 * Source  Keras AdaptiveMaxPooling2D; PyTorch's AdaptiveMaxPool2d.
 *
 * @example
 * const y = pipe(input([13, 10, 8]), adaptiveMaxPool2d({ outputSize: [4, 5] })) // Expr<[4, 5, 8]>
 */
export function adaptiveMaxPool2d<const O extends PairOption>(options: {
  readonly outputSize: O;
}): AdaptiveMaxPool2d<O> {
  return defineLayer(adaptivePoolLayer({ name: "adaptiveMaxPool2d", rank: 2, operator: "maxPool2d" }, options));
}

export const adaptiveMaxPool2dKeras = adaptivePoolKeras({
  word: "adaptiveMaxPool2d",
  rank: 2,
  of: "Max",
}) satisfies KerasMapping;
