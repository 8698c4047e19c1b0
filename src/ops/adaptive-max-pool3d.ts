/** Adaptive max pooling over a volume: the layer; its operators are maxPool2d, and slices where windows differ. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { AdaptivePoolShape } from "../shape/adaptive-pool.js";
import type { TripleOption } from "../shape/axis-options.js";
import { adaptivePoolLayer } from "./adaptive-pool-layer.js";
import { adaptivePoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link adaptiveMaxPool3d} makes. */
export interface AdaptiveMaxPool3d<O extends TripleOption> extends Layer {
  readonly "~out": AdaptivePoolShape<"adaptiveMaxPool3d", 3, this["~in"], O>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each of as many windows as asked for, channel by channel: window i of an axis goes from
 * floor(i size / outputSize) to ceil((i + 1) size / outputSize), so that neighbours may overlap.
 *
 * Shape   [d, h, w, c] -> [...outputSize, c]; d, h and w may be unknown.
 * Params  none.
 * Cost    about one FLOP per cell of the input.
 * Errors  an output size that is no size; an input that is no volume.
 * Source  Keras AdaptiveMaxPooling3D; PyTorch's AdaptiveMaxPool3d.
 *
 * @example
 * const y = pipe(input([7, 13, 10, 8]), adaptiveMaxPool3d({ outputSize: [3, 4, 5] })) // Expr<[3, 4, 5, 8]>
 */
export function adaptiveMaxPool3d<const O extends TripleOption>(options: {
  readonly outputSize: O;
}): AdaptiveMaxPool3d<O> {
  return defineLayer(adaptivePoolLayer({ name: "adaptiveMaxPool3d", rank: 3, operator: "maxPool2d" }, options));
}

export const adaptiveMaxPool3dKeras = adaptivePoolKeras({
  word: "adaptiveMaxPool3d",
  rank: 3,
  of: "Max",
}) satisfies KerasMapping;
