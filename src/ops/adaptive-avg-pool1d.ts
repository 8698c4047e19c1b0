/** Adaptive average pooling over a sequence: the layer; its operators are avgPool2d, and slices where windows differ. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { AdaptivePoolShape } from "../shape/adaptive-pool.js";
import { adaptivePoolLayer } from "./adaptive-pool-layer.js";
import { adaptivePoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link adaptiveAvgPool1d} makes. */
export interface AdaptiveAvgPool1d<O extends number> extends Layer {
  readonly "~out": AdaptivePoolShape<"adaptiveAvgPool1d", 1, this["~in"], O>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each of as many windows as asked for, channel by channel: window i of an axis goes from
 * floor(i size / outputSize) to ceil((i + 1) size / outputSize), so that neighbours may overlap.
 *
 * Shape   [steps, c] -> [outputSize, c]; steps may be unknown.
 * Params  none.
 * Cost    about one FLOP per cell of the input.
 * Errors  an output size that is no size; an input that is no sequence.
 * Source  Keras AdaptiveAveragePooling1D; PyTorch's AdaptiveAvgPool1d.
 *
 * @example
 * const y = pipe(input([10, 8]), adaptiveAvgPool1d({ outputSize: 4 })) // Expr<[4, 8]>
 */
export function adaptiveAvgPool1d<O extends number>(options: { readonly outputSize: O }): AdaptiveAvgPool1d<O> {
  return defineLayer(adaptivePoolLayer({ name: "adaptiveAvgPool1d", rank: 1, operator: "avgPool2d" }, options));
}

export const adaptiveAvgPool1dKeras = adaptivePoolKeras({
  word: "adaptiveAvgPool1d",
  rank: 1,
  of: "Average",
}) satisfies KerasMapping;
