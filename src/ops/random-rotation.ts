/** Rotations of images at random: the layer; its operator is projectiveTransform. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../shape/sampling.js";
import { augmentationLayer, transformedBy } from "./augmentation-layer.js";
import { rotation } from "./image-transformations.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomRotation} makes. */
export interface RandomRotation<F extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomRotation",
    this["~in"],
    [FactorProblem<"randomRotation", "factor", F, "[-1, 1]">]
  >;
  readonly "~params": NoWeights;
}

/**
 * Turns images about their middle in training, by parts of a whole turn: 0.1 is from -36° to 36°, [0, 0.25] up to a quarter
 * counter-clockwise; in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside [-1, 1]; a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomRotation, with its defaults: `reflect`, `bilinear`.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomRotation({ factor: 0.05, fillMode: "nearest" })) // Expr<[32, 32, 3]>
 */
export function randomRotation<const F extends Factor>(
  options: { readonly factor: F } & SamplingOptions,
): RandomRotation<F> {
  const { factor } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomRotation",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomRotation",
          shape,
          factorProblem("randomRotation", { name: "factor", value: factor, bounds: "[-1, 1]" }),
          samplingProblem("randomRotation", options),
        ),
      train: (builder, image) => transformedBy(rotation(factor), options)(builder, image),
    }),
  );
}

export const randomRotationKeras = augmentationKeras({
  word: "randomRotation",
  className: "RandomRotation",
  factors: { factor: "factor" },
  samples: true,
}) satisfies KerasMapping;
