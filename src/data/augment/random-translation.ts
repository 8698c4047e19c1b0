/** Translations of pictures, as a map. */
import { translation } from "../../ops/image-transformations.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../../shape/sampling.js";
import { imageMap, type ImageMap } from "./picture-map.js";
import { transformationChange } from "./transformed.js";

/** Parts of the picture's height and width: 0.1 is from a tenth up to a tenth down. */
export interface RandomTranslationOptions extends SamplingOptions {
  readonly heightFactor: Factor;
  readonly widthFactor: Factor;
}

/**
 * Moves pictures by a random part of their height and width.
 *
 * Errors  a factor outside [-1, 1], a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomTranslation.
 *
 * @example
 * const moved = pipe(pictures, map(randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 })))
 */
export const randomTranslation = (options: RandomTranslationOptions): ImageMap => {
  const { heightFactor, widthFactor } = options;
  return imageMap({
    maker: "randomTranslation",
    options,
    problem:
      factorProblem("randomTranslation", { name: "heightFactor", value: heightFactor, bounds: "[-1, 1]" }) ??
      factorProblem("randomTranslation", { name: "widthFactor", value: widthFactor, bounds: "[-1, 1]" }) ??
      samplingProblem("randomTranslation", options),
    change: () => transformationChange(translation(heightFactor, widthFactor), options),
  });
};
