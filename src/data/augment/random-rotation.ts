/** Rotations of pictures, as a map. */
import { rotation } from "../../ops/image-transformations.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../../shape/sampling.js";
import { imageMap, type ImageMap } from "./picture-map.js";
import { transformationChange } from "./transformed.js";

/** `factor`: parts of a whole turn; 0.1 is from -36° to 36°, positive ones turn counter-clockwise. */
export interface RandomRotationOptions extends SamplingOptions {
  readonly factor: Factor;
}

/**
 * Turns pictures about their middle by a random angle.
 *
 * Errors  a factor outside [-1, 1], a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomRotation.
 *
 * @example
 * const turned = pipe(pictures, map(randomRotation({ factor: 0.05, fillMode: "nearest" })))
 */
export const randomRotation = (options: RandomRotationOptions): ImageMap =>
  imageMap({
    maker: "randomRotation",
    options,
    problem:
      factorProblem("randomRotation", { name: "factor", value: options.factor, bounds: "[-1, 1]" }) ??
      samplingProblem("randomRotation", options),
    change: () => transformationChange(rotation(options.factor), options),
  });
