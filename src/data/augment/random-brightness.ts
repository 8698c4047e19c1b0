/** Brighter and darker pictures, as a map. */
import { evaluator } from "../../formula/evaluate.js";
import { brightnessChange } from "../../ops/color-changes.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import { imageMap, type ImageMap, type PictureChange } from "./picture-map.js";

/** `factor`: parts of the range from black to white; 0.2 is from a fifth darker to a fifth brighter. */
export interface RandomBrightnessOptions {
  readonly factor: Factor;
  /** By default [0, 1], that of svertka's pictures. */
  readonly valueRange?: ValueRange | undefined;
}

/** All values up or down by one number. */
export const brightnessMap = (factor: Factor, range: ValueRange): PictureChange => {
  const change = evaluator(brightnessChange(factor, range));
  const [least, greatest] = range;
  return {
    draws: 1,
    apply: (picture, draws, _, fresh) => {
      const added = change(Array.from(draws), 0);
      const out = fresh(picture.data.length);
      for (let i = 0; i < out.length; i++) out[i] = clip((picture.data[i] ?? 0) + added, least, greatest);
      return withData(picture, out);
    },
  };
};

/**
 * Makes pictures brighter or darker.
 *
 * Errors  a factor outside [-1, 1], a range that is none.
 * Source  Keras 3's RandomBrightness, whose range is [0, 255] where none is given.
 *
 * @example
 * const lit = pipe(pictures, map(randomBrightness({ factor: 0.2 })))
 */
export const randomBrightness = (options: RandomBrightnessOptions): ImageMap => {
  const { factor, valueRange = usualRange } = options;
  return imageMap({
    maker: "randomBrightness",
    options,
    problem:
      factorProblem("randomBrightness", { name: "factor", value: factor, bounds: "[-1, 1]" }) ??
      valueRangeProblem("randomBrightness", valueRange),
    change: () => brightnessMap(factor, valueRange),
  });
};
