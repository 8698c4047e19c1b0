/** Dropout of whole channels of a sequence. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { RateProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";
import { sequenceShape, type SequenceShape } from "../shape/spatial.js";
import { spatialDropoutLayer } from "./spatial-dropout.js";
import { rateKeras } from "./keras-rate.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link spatialDropout1d} makes. */
export interface SpatialDropout1d<R extends number> extends Layer {
  readonly "~out": SpatialDropout1dShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type SpatialDropout1dShape<S, R extends number> =
  SequenceShape<"spatialDropout1d", S> extends infer X
    ? X extends ShapeError<string>
      ? X
      : RateProblem<"spatialDropout1d", R> extends infer M extends string
        ? ShapeError<M>
        : X
    : never;

/**
 * Drops whole channels of a sequence at random in training and scales the others by 1 / (1 - rate); in inference it does nothing.
 *
 * Shape   [steps, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    one random number per channel and one selection per element, in training.
 * Errors  an input that is not a sequence; a rate outside [0, 1).
 * Source  Tompson et al. 2015 (arXiv:1411.4280) §3.2; Keras SpatialDropout1D.
 *
 * @example
 * const y = pipe(input([100, 8]), spatialDropout1d({ rate: 0.2 })) // Expr<[100, 8]>
 */
export function spatialDropout1d<R extends number>(options: { readonly rate: R }): SpatialDropout1d<R> {
  return defineLayer(spatialDropoutLayer("spatialDropout1d", options, sequenceShape));
}

export const spatialDropout1dKeras = rateKeras("spatialDropout1d", "SpatialDropout1D") satisfies KerasMapping;
