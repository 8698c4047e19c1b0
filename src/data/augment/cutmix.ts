/** CutMix, as a map of batches. */
import { fillBeta, fillUniform, foldIn, type Key } from "../../random/index.js";
import { factorProblem, factorRange, type Factor } from "../../shape/factor.js";
import { mixMap, type Mixed, type MixMap, type Pictures } from "./mixed-batch.js";

/** Random numbers of a batch: λ, and where each box begins as parts of what is left of the width and the height. */
export interface CutmixDraws {
  readonly kept: Float64Array;
  readonly across: Float64Array;
  readonly down: Float64Array;
}

/** A box of 1 − λ of the area, its sides in the picture's proportions, comes from the other picture. */
export const cutPictures = (pictures: Pictures, order: Uint32Array, draws: CutmixDraws): Mixed => {
  const { data, count, height, width, channels } = pictures;
  const out = data.slice();
  const size = height * width * channels;
  for (let i = 0; i < count; i++) {
    const ratio = Math.sqrt(1 - (draws.kept[i] ?? 0));
    const left = (draws.across[i] ?? 0) * (width - ratio * width);
    const top = (draws.down[i] ?? 0) * (height - ratio * height);
    const [first, end] = [Math.ceil(left), Math.min(Math.ceil(left + ratio * width), width)];
    for (let row = Math.ceil(top); row < Math.min(Math.ceil(top + ratio * height), height); row++) {
      const from = size * (order[i] ?? 0) + channels * row * width;
      out.set(
        data.subarray(from + channels * first, from + channels * end),
        size * i + channels * (row * width + first),
      );
    }
  }
  return { data: out, kept: draws.kept };
};

const drawsOf = (count: number, [lower, upper]: readonly [number, number], key: Key): CutmixDraws => {
  const draws = { kept: new Float64Array(count), across: new Float64Array(count), down: new Float64Array(count) };
  const one = new Float64Array(1);
  fillUniform(one, foldIn(key, "alpha"));
  fillBeta(draws.kept, lower + (upper - lower) * (one[0] ?? 0) + 1e-6, foldIn(key, "kept"));
  fillUniform(draws.across, foldIn(key, "across"));
  fillUniform(draws.down, foldIn(key, "down"));
  return draws;
};

/**
 * Puts a box of another picture of the batch into each picture, and mixes the labels by the areas.
 *
 * `factor` is the alpha of Beta(alpha, alpha), from which the kept part of the area is drawn, or the range from which a batch's
 * alpha is drawn; a number f is from 0 to f, as in Keras. `[1, 1]` gives every area alike, as the paper has it.
 *
 * Errors  a factor outside [0, 1]; labels that are class numbers: put `map(oneHotLabels())` before `batch`.
 * Source  Yun et al. 2019 (arXiv:1905.04899); Keras 3's CutMix.
 *
 * @example
 * const mixed = pipe(pictures, map(oneHotLabels()), batch(32), mapBatches(cutmix({ factor: [1, 1] })))
 */
export const cutmix = (options: { readonly factor?: Factor } = {}): MixMap => {
  const { factor = 1 } = options;
  return mixMap({
    maker: "cutmix",
    options,
    problem: factorProblem("cutmix", { name: "factor", value: factor, bounds: "[0, 1]" }),
    mix: (pictures, order, { key }) =>
      cutPictures(pictures, order, drawsOf(pictures.count, factorRange(factor, 0), key)),
  });
};
