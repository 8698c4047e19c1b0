/** Pictures moved by a random matrix. */
import { evaluator } from "../../formula/evaluate.js";
import type { ImageTransformation } from "../../ops/image-transformations.js";
import { samplePicture } from "../../ops/projective-sampling.js";
import type { Pixels } from "../../ops/sampled-pixels.js";
import { samplingOf, type SamplingOptions } from "../../shape/sampling.js";
import { withData } from "./changed-values.js";
import type { Picture, PictureChange } from "./picture-map.js";

/** Written out, so that all are objects of one layout: engines specialise loops to it. */
const pixelsOf = ({ data, height, width, channels }: Picture): Pixels => ({ data, at: 0, height, width, channels });

/** Samples a picture by the transformation's matrix. */
export const transformationChange = (
  { draws, coefficients, rows }: ImageTransformation,
  options: SamplingOptions,
): PictureChange => {
  const sampling = samplingOf(options);
  const evaluated = coefficients.map((formula) => evaluator(formula));
  return {
    draws,
    apply: (picture, drawn, _, fresh) => {
      const numbers = Array.from(drawn);
      const weights = [1, ...evaluated.map((coefficient) => coefficient(numbers, 0))];
      const matrix = new Float64Array(8);
      rows(picture).forEach((row, i) => {
        for (let entry = 0; entry < 8; entry++)
          matrix[entry] = (matrix[entry] ?? 0) + (weights[i] ?? 0) * (row[entry] ?? 0);
      });
      const moved = withData(picture, fresh(picture.data.length));
      samplePicture(pixelsOf(picture), pixelsOf(moved), matrix, sampling);
      return moved;
    },
  };
};
