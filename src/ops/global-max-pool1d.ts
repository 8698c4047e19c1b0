/** Global max pooling over a sequence: the layer; its operator is reduceMax. */
import type { Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { GlobalPoolShape } from "../shape/global-pool.js";
import { globalPoolLayer } from "./global-pool-layer.js";
import { globalPoolKeras } from "./keras-pooling.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link globalMaxPool1d}. */
export interface GlobalMaxPool1d extends Layer {
  readonly "~out": GlobalPoolShape<"globalMaxPool1d", 1, this["~in"]>;
  readonly "~params": NoWeights;
}

/**
 * The largest cell of each channel over the whole sequence. Equal maxima share the gradient, as in TensorFlow.
 *
 * Shape   [steps, c] -> [c]; steps may be unknown.
 * Params  none.
 * Cost    steps c FLOP per example.
 * Errors  an input that is no sequence.
 * Source  Keras GlobalMaxPooling1D.
 *
 * @example
 * const y = pipe(input([null, 64]), globalMaxPool1d) // Expr<[64]>
 */
export const globalMaxPool1d: GlobalMaxPool1d = globalPoolLayer({
  name: "globalMaxPool1d",
  rank: 1,
  operator: "reduceMax",
});

export const globalMaxPool1dKeras = globalPoolKeras({
  word: "globalMaxPool1d",
  rank: 1,
  of: "Max",
}) satisfies KerasMapping;
