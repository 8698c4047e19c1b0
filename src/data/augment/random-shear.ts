/** Shears of pictures, as a map. */
import { shear } from "../../ops/image-transformations.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../../shape/sampling.js";
import { imageMap, type ImageMap } from "./picture-map.js";
import { transformationChange } from "./transformed.js";

/** By how many pixels a row (`xFactor`) or a column (`yFactor`) moves against its neighbour; 0 where not given. */
export interface RandomShearOptions extends SamplingOptions {
  readonly xFactor?: Factor | undefined;
  readonly yFactor?: Factor | undefined;
}

/**
 * Slants pictures to either side.
 *
 * Errors  a factor outside [0, 1], a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomShear.
 *
 * @example
 * const slanted = pipe(pictures, map(randomShear({ xFactor: 0.2 })))
 */
export const randomShear = (options: RandomShearOptions = {}): ImageMap => {
  const { xFactor = 0, yFactor = 0 } = options;
  return imageMap({
    maker: "randomShear",
    options,
    problem:
      factorProblem("randomShear", { name: "xFactor", value: xFactor, bounds: "[0, 1]" }) ??
      factorProblem("randomShear", { name: "yFactor", value: yFactor, bounds: "[0, 1]" }) ??
      samplingProblem("randomShear", options),
    change: () => transformationChange(shear(xFactor, yFactor), options),
  });
};
