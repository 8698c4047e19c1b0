/** Pictures in other colours, as a map. */
import { evaluator } from "../../formula/evaluate.js";
import { hueChange } from "../../ops/color-changes.js";
import { factorProblem, type Factor } from "../../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import { changeColours, needsColours } from "./hue-saturation-value.js";
import { imageMap, type ImageMap, type Picture, type PictureChange } from "./picture-map.js";

/** `factor`: parts of half the colour circle, either way; 1 reaches all hues. */
export interface RandomHueOptions {
  readonly factor: Factor;
  /** By default [0, 1], that of svertka's pictures. */
  readonly valueRange?: ValueRange | undefined;
}

const turned = (hue: number, by: number): number => {
  const moved = hue + by;
  return moved > 1 ? moved - 1 : moved < 0 ? moved + 1 : moved;
};

/** Values through scale · value + shift, clipped where the ends are given. */
const rescaled = (picture: Picture, scale: number, shift: number): Picture =>
  withData(
    picture,
    picture.data.map((value) => scale * value + shift),
  );

export const hueMap = (factor: Factor, [least, greatest]: ValueRange): PictureChange => {
  const change = evaluator(hueChange(factor));
  const span = greatest - least;
  const isUsual = least === 0 && greatest === 1;
  return {
    draws: 2,
    refuses: needsColours("randomHue"),
    apply: (picture, draws) => {
      const by = change(Array.from(draws), 0);
      const unit = isUsual ? picture : rescaled(picture, 1 / span, -least / span);
      const { data } = changeColours(
        unit,
        (hue) => turned(hue, by),
        (saturation) => saturation,
      );
      for (let i = 0; i < data.length; i++) data[i] = clip(data[i] ?? 0, 0, 1);
      return isUsual ? withData(picture, data) : rescaled(withData(picture, data), span, least);
    },
  };
};

/**
 * Turns the colours of pictures about the colour circle.
 *
 * Errors  a factor outside [0, 1], a range that is none, a picture without 3 channels.
 * Source  Keras 3's RandomHue.
 *
 * @example
 * const tinted = pipe(pictures, map(randomHue({ factor: 0.1 })))
 */
export const randomHue = (options: RandomHueOptions): ImageMap => {
  const { factor, valueRange = usualRange } = options;
  return imageMap({
    maker: "randomHue",
    options,
    problem:
      factorProblem("randomHue", { name: "factor", value: factor, bounds: "[0, 1]" }) ??
      valueRangeProblem("randomHue", valueRange),
    change: () => hueMap(factor, valueRange),
  });
};
