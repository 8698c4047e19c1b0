/** Adaptive max pooling over a sequence: the layer; its operators are maxPool2d, and slices where windows differ. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { AdaptivePoolShape } from "../shape/adaptive-pool.js";
import { adaptivePoolLayer } from "./adaptive-pool-layer.js";
import { adaptivePoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link adaptiveMaxPool1d} makes. */
export interface AdaptiveMaxPool1d<O extends number> extends Layer {
  readonly "~out": AdaptivePoolShape<"adaptiveMaxPool1d", 1, this["~in"], O>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each of as many windows as asked for, channel by channel: window i of an axis goes from
 * floor(i size / outputSize) to ceil((i + 1) size / outputSize), so that neighbours may overlap.
 *
 * Shape   [steps, c] -> [outputSize, c]; steps may be unknown.
 * Params  none.
 * Cost    about one FLOP per cell of the input.
 * Errors  an output size that is no size; an input that is no sequence.
 * Source  Keras AdaptiveMaxPooling1D; PyTorch's AdaptiveMaxPool1d.
 *
 * @example
 * const y = pipe(input([10, 8]), adaptiveMaxPool1d({ outputSize: 4 })) // Expr<[4, 8]>
 */
export function adaptiveMaxPool1d<O extends number>(options: { readonly outputSize: O }): AdaptiveMaxPool1d<O> {
  return defineLayer(adaptivePoolLayer({ name: "adaptiveMaxPool1d", rank: 1, operator: "maxPool2d" }, options));
}

export const adaptiveMaxPool1dKeras = adaptivePoolKeras({
  word: "adaptiveMaxPool1d",
  rank: 1,
  of: "Max",
}) satisfies KerasMapping;
