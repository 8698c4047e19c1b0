/** RandAugment: a few changes picked at random, as a map. */
import { rotation, shear, translation } from "../../ops/image-transformations.js";
import { fillUniform, foldIn } from "../../random/index.js";
import { factorProblem } from "../../shape/factor.js";
import { samplingProblem, type Interpolation } from "../../shape/sampling.js";
import { sizeProblem } from "../../shape/size.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../../shape/value-range.js";
import { drawAndApply, imageMap, type ImageMap, type PictureChange } from "./picture-map.js";
import { brightnessMap } from "./random-brightness.js";
import { contrastMap } from "./random-contrast.js";
import { sharpness } from "./sharpness.js";
import { autoContrast, degeneration, equalization, posterization, solarization } from "./tones.js";
import { transformationChange } from "./transformed.js";

export interface RandAugmentOptions {
  /** How many changes, one after the other; by default 2. */
  readonly numOps?: number | undefined;
  /** How strong the strongest are, in [0, 1]; by default 0.5. */
  readonly factor?: number | undefined;
  readonly interpolation?: Interpolation | undefined;
  /** By default [0, 1], that of svertka's pictures. */
  readonly valueRange?: ValueRange | undefined;
}

interface Strength {
  readonly factor: number;
  readonly interpolation: Interpolation;
  readonly valueRange: ValueRange;
}

/** Keras's eleven, each as strong as Keras makes them of `factor`. */
export const randAugmentChanges = ({ factor, interpolation, valueRange }: Strength): readonly PictureChange[] => {
  const upTo = [0, factor] as const;
  return [
    transformationChange(shear(upTo, upTo), { interpolation }),
    transformationChange(translation(upTo, upTo), { interpolation }),
    transformationChange(rotation(upTo), { interpolation }),
    brightnessMap(upTo, valueRange),
    degeneration(factor, valueRange),
    contrastMap(upTo, valueRange),
    sharpness(factor, valueRange),
    posterization(Math.max(1, Math.floor(8 * factor)), valueRange),
    solarization(factor, valueRange),
    autoContrast(valueRange),
    equalization(valueRange),
  ];
};

/**
 * Changes each picture by `numOps` of eleven ways, each picked with the same probability: shear, translation, rotation, brightness,
 * colour, contrast, sharpness, posterisation, solarisation, automatic contrast, equalisation.
 *
 * Errors  a number of changes that is none, a factor outside [0, 1], an interpolation or a range that is none.
 * Source  Cubuk et al. 2019 (arXiv:1909.13719); Keras 3's RandAugment, which picks once for a whole batch.
 *
 * @example
 * const augmented = pipe(pictures, map(randAugment({ numOps: 2, factor: 0.3 })))
 */
export const randAugment = (options: RandAugmentOptions = {}): ImageMap => {
  const { numOps = 2, factor = 0.5, interpolation = "bilinear", valueRange = usualRange } = options;
  return imageMap({
    maker: "randAugment",
    options,
    problem:
      sizeProblem("randAugment", { name: "numOps", value: numOps }) ??
      factorProblem("randAugment", {
        name: "factor",
        value: typeof factor === "number" ? factor : NaN,
        bounds: "[0, 1]",
      }) ??
      samplingProblem("randAugment", { interpolation }) ??
      valueRangeProblem("randAugment", valueRange),
    change: () => {
      const changes = randAugmentChanges({ factor, interpolation, valueRange });
      return {
        draws: 0,
        apply: (picture, _, key, fresh) => {
          const picks = new Float64Array(numOps);
          fillUniform(picks, foldIn(key, "picks"));
          return picks.reduce((changed, pick) => {
            const at = Math.floor(pick * changes.length);
            const change = changes[at];
            // As in Keras a way that is picked twice changes by the same numbers twice.
            return change === undefined ? changed : drawAndApply(change, changed, foldIn(key, at), fresh);
          }, picture);
        },
      };
    },
  });
};
