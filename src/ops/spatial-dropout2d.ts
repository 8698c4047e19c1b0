/** Dropout of whole channels of an image. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { RateProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";
import { imageShape, type ImageShape } from "../shape/image.js";
import { spatialDropoutLayer } from "./spatial-dropout.js";
import { rateKeras } from "./keras-rate.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link spatialDropout2d} makes. */
export interface SpatialDropout2d<R extends number> extends Layer {
  readonly "~out": SpatialDropout2dShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type SpatialDropout2dShape<S, R extends number> =
  ImageShape<"spatialDropout2d", S> extends infer X
    ? X extends ShapeError<string>
      ? X
      : RateProblem<"spatialDropout2d", R> extends infer M extends string
        ? ShapeError<M>
        : X
    : never;

/**
 * Drops whole channels of an image at random in training and scales the others by 1 / (1 - rate); in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    one random number per channel and one selection per element, in training.
 * Errors  an input that is not an image; a rate outside [0, 1).
 * Source  Tompson et al. 2015 (arXiv:1411.4280) §3.2; Keras SpatialDropout2D.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), spatialDropout2d({ rate: 0.2 })) // Expr<[28, 28, 8]>
 */
export function spatialDropout2d<R extends number>(options: { readonly rate: R }): SpatialDropout2d<R> {
  return defineLayer(spatialDropoutLayer("spatialDropout2d", options, imageShape));
}

export const spatialDropout2dKeras = rateKeras("spatialDropout2d", "SpatialDropout2D") satisfies KerasMapping;
