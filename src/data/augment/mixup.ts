/** Mixup, as a map of batches. */
import { fillBeta, foldIn } from "../../random/index.js";
import { optionText } from "../../shape/text.js";
import { mixMap, mixPictures, type MixMap } from "./mixed-batch.js";

/**
 * Mixes each example with another of its batch: λ x + (1 − λ) x', the labels alike, λ drawn from Beta(alpha, alpha) for each.
 *
 * Errors  an alpha that is not above 0; labels that are class numbers: put `map(oneHotLabels())` before `batch`.
 * Source  Zhang et al. 2017 (arXiv:1710.09412); Keras 3's MixUp, whose default alpha is 0.2 as well.
 *
 * @example
 * const mixed = pipe(pictures, map(oneHotLabels()), batch(32), mapBatches(mixup({ alpha: 0.2 })))
 */
export const mixup = (options: { readonly alpha?: number } = {}): MixMap => {
  const { alpha = 0.2 } = options;
  return mixMap({
    maker: "mixup",
    options,
    problem:
      alpha > 0 && alpha < Infinity
        ? undefined
        : `mixup: alpha ${optionText(alpha).slice(0, 40)} is no parameter of a Beta distribution: use a number above 0, such as 0.2`,
    mix: (pictures, order, { key }) => {
      const kept = new Float64Array(pictures.count);
      fillBeta(kept, alpha, foldIn(key, "kept"));
      return mixPictures(pictures, order, kept);
    },
  });
};
