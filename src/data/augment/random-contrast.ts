/** Pictures of more or less contrast, as a map. */
import { evaluator } from "../../formula/evaluate.js";
import { contrastFactor } from "../../ops/color-changes.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import { imageMap, type ImageMap, type Picture, type PictureChange } from "./picture-map.js";

/** `factor`: [lower, upper] is from 1 - lower to 1 + upper times the contrast; a number f is from 1 to 1 + f times, as in Keras. */
export interface RandomContrastOptions {
  readonly factor: Factor;
  /** By default [0, 1], that of svertka's pictures. */
  readonly valueRange?: ValueRange | undefined;
}

/** The mean of each channel. */
const meansOf = ({ data, height, width, channels }: Picture): Float64Array => {
  const sums = new Float64Array(channels);
  for (let at = 0; at < data.length; at += channels)
    for (let channel = 0; channel < channels; channel++)
      sums[channel] = (sums[channel] ?? 0) + (data[at + channel] ?? 0);
  return sums.map((sum) => sum / (height * width));
};

/** The distance from each channel's mean times a number. */
export const contrastMap = (factor: Factor, [least, greatest]: ValueRange): PictureChange => {
  const times = evaluator(contrastFactor(factor));
  return {
    draws: 1,
    apply: (picture, draws) => {
      const scale = times(Array.from(draws), 0);
      const { data, channels } = picture;
      const means = meansOf(picture);
      const out = new Float32Array(data.length);
      for (let at = 0; at < out.length; at += channels)
        for (let channel = 0; channel < channels; channel++) {
          const mean = means[channel] ?? 0;
          out[at + channel] = clip(((data[at + channel] ?? 0) - mean) * scale + mean, least, greatest);
        }
      return withData(picture, out);
    },
  };
};

/**
 * Changes how far the values of each channel are from their mean.
 *
 * Errors  a factor outside [0, 1], a range that is none.
 * Source  Keras 3's RandomContrast.
 *
 * @example
 * const contrasted = pipe(pictures, map(randomContrast({ factor: [0.3, 0.3] }))) // 0.7 to 1.3 times
 */
export const randomContrast = (options: RandomContrastOptions): ImageMap => {
  const { factor, valueRange = usualRange } = options;
  return imageMap({
    maker: "randomContrast",
    options,
    problem:
      factorProblem("randomContrast", { name: "factor", value: factor, bounds: "[0, 1]" }) ??
      valueRangeProblem("randomContrast", valueRange),
    change: () => contrastMap(factor, valueRange),
  });
};
