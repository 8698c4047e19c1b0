/** Global average pooling over a sequence: the layer; its operator is reduceMean. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalAvgPool1d}. */
export interface GlobalAvgPool1d extends Layer {
  readonly "~out": GlobalPoolShape<"globalAvgPool1d", 1, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The mean of each channel over the whole sequence.
 *
 * Shape   [steps, c] -> [c]; steps may be unknown.
 * Params  none.
 * Cost    steps c FLOP per example.
 * Errors  an input that is no sequence.
 * Source  Keras GlobalAveragePooling1D.
 *
 * @example
 * const y = pipe(input([null, 64]), globalAvgPool1d) // Expr<[64]>
 */
export const globalAvgPool1d: GlobalAvgPool1d = globalPoolLayer({
  name: "globalAvgPool1d",
  rank: 1,
  operator: "reduceMean",
});

export const globalAvgPool1dKeras = globalPoolKeras({
  word: "globalAvgPool1d",
  rank: 1,
  of: "Average",
}) satisfies KerasMapping;
