/** Zooms of pictures, as a map. */
import { zoom } from "../../ops/image-transformations.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../../shape/sampling.js";
import { imageMap, type ImageMap } from "./picture-map.js";
import { transformationChange } from "./transformed.js";

/** 0.2 shows from 0.8 to 1.2 times the picture: below 0 it is nearer, above 0 farther. Without `widthFactor` the proportions stay. */
export interface RandomZoomOptions extends SamplingOptions {
  readonly heightFactor: Factor;
  readonly widthFactor?: Factor | undefined;
}

/**
 * Brings pictures nearer or farther, about their middle.
 *
 * Errors  a factor outside (-1, 1], a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomZoom.
 *
 * @example
 * const zoomed = pipe(pictures, map(randomZoom({ heightFactor: 0.2 })))
 */
export const randomZoom = (options: RandomZoomOptions): ImageMap => {
  const { heightFactor, widthFactor } = options;
  return imageMap({
    maker: "randomZoom",
    options,
    problem:
      factorProblem("randomZoom", { name: "heightFactor", value: heightFactor, bounds: "(-1, 1]" }) ??
      factorProblem("randomZoom", { name: "widthFactor", value: widthFactor ?? 0, bounds: "(-1, 1]" }) ??
      samplingProblem("randomZoom", options),
    change: () => transformationChange(zoom(heightFactor, widthFactor), options),
  });
};
