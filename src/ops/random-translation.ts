/** Translations of images at random: the layer; its operator is projectiveTransform. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../shape/sampling.js";
import { augmentationLayer, transformedBy } from "./augmentation-layer.js";
import { translation } from "./image-transformations.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomTranslation} makes. */
export interface RandomTranslation<H extends Factor, W extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomTranslation",
    this["~in"],
    [
      FactorProblem<"randomTranslation", "heightFactor", H, "[-1, 1]">,
      FactorProblem<"randomTranslation", "widthFactor", W, "[-1, 1]">,
    ]
  >;
  readonly "~params": NoWeights;
}

/**
 * Moves images in training by parts of their height and width: 0.1 is from a tenth up to a tenth down; in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside [-1, 1]; a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomTranslation, with its defaults: `reflect`, `bilinear`.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 })) // Expr<[32, 32, 3]>
 */
export function randomTranslation<const H extends Factor, const W extends Factor>(
  options: { readonly heightFactor: H; readonly widthFactor: W } & SamplingOptions,
): RandomTranslation<H, W> {
  const { heightFactor, widthFactor } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomTranslation",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomTranslation",
          shape,
          factorProblem("randomTranslation", { name: "heightFactor", value: heightFactor, bounds: "[-1, 1]" }),
          factorProblem("randomTranslation", { name: "widthFactor", value: widthFactor, bounds: "[-1, 1]" }),
          samplingProblem("randomTranslation", options),
        ),
      train: (builder, image) => transformedBy(translation(heightFactor, widthFactor), options)(builder, image),
    }),
  );
}

export const randomTranslationKeras = augmentationKeras({
  word: "randomTranslation",
  className: "RandomTranslation",
  factors: { heightFactor: "height_factor", widthFactor: "width_factor" },
  samples: true,
}) satisfies KerasMapping;
