/** Paler and more vivid pictures, as a map. */
import { evaluator } from "../../formula/evaluate.js";
import { saturationFactor } from "../../ops/color-changes.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { clip } from "./changed-values.js";
import { changeColours, needsColours } from "./hue-saturation-value.js";
import { imageMap, type ImageMap, type PictureChange } from "./picture-map.js";

/** `factor`: 0 is grey, 0.5 leaves the colours, 1 is as vivid as can be; a number f is from -f to f, all below 0 being grey, as in Keras. */
export interface RandomSaturationOptions {
  readonly factor: Factor;
  /** Between what the saturation is kept, as in Keras; by default [0, 1]. */
  readonly valueRange?: ValueRange | undefined;
}

export const saturationMap = (factor: Factor, [least, greatest]: ValueRange): PictureChange => {
  const times = evaluator(saturationFactor(factor));
  return {
    draws: 1,
    refuses: needsColours("randomSaturation"),
    apply: (picture, draws) => {
      const scale = times(Array.from(draws), 0);
      return changeColours(
        picture,
        (hue) => hue,
        (saturation) => clip(saturation * scale, least, greatest),
      );
    },
  };
};

/**
 * Makes the colours of pictures paler or more vivid.
 *
 * Errors  a factor outside [-1, 1], a range that is none, a picture without 3 channels.
 * Source  Keras 3's RandomSaturation.
 *
 * @example
 * const coloured = pipe(pictures, map(randomSaturation({ factor: [0.4, 0.6] }))) // 0.67 to 1.5 times
 */
export const randomSaturation = (options: RandomSaturationOptions): ImageMap => {
  const { factor, valueRange = usualRange } = options;
  return imageMap({
    maker: "randomSaturation",
    options,
    problem:
      factorProblem("randomSaturation", { name: "factor", value: factor, bounds: "[-1, 1]" }) ??
      valueRangeProblem("randomSaturation", valueRange),
    change: () => saturationMap(factor, valueRange),
  });
};
