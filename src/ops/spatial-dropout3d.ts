/** Dropout of whole channels of a volume. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { RateProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";
import { volumeShape, type VolumeShape } from "../shape/spatial.js";
import { spatialDropoutLayer } from "./spatial-dropout.js";
import { rateKeras } from "./keras-rate.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link spatialDropout3d} makes. */
export interface SpatialDropout3d<R extends number> extends Layer {
  readonly "~out": SpatialDropout3dShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type SpatialDropout3dShape<S, R extends number> =
  VolumeShape<"spatialDropout3d", S> extends infer X
    ? X extends ShapeError<string>
      ? X
      : RateProblem<"spatialDropout3d", R> extends infer M extends string
        ? ShapeError<M>
        : X
    : never;

/**
 * Drops whole channels of a volume at random in training and scales the others by 1 / (1 - rate); in inference it does nothing.
 *
 * Shape   [d, h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    one random number per channel and one selection per element, in training.
 * Errors  an input that is not a volume; a rate outside [0, 1).
 * Source  Tompson et al. 2015 (arXiv:1411.4280) §3.2; Keras SpatialDropout3D.
 *
 * @example
 * const y = pipe(input([8, 28, 28, 4]), spatialDropout3d({ rate: 0.2 })) // Expr<[8, 28, 28, 4]>
 */
export function spatialDropout3d<R extends number>(options: { readonly rate: R }): SpatialDropout3d<R> {
  return defineLayer(spatialDropoutLayer("spatialDropout3d", options, volumeShape));
}

export const spatialDropout3dKeras = rateKeras("spatialDropout3d", "SpatialDropout3D") satisfies KerasMapping;
