/** Shears of images at random: the layer; its operator is projectiveTransform. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../shape/sampling.js";
import { augmentationLayer, transformedBy } from "./augmentation-layer.js";
import { shear } from "./image-transformations.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomShear} makes. */
export interface RandomShear<X extends Factor, Y extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomShear",
    this["~in"],
    [FactorProblem<"randomShear", "xFactor", X, "[0, 1]">, FactorProblem<"randomShear", "yFactor", Y, "[0, 1]">]
  >;
  readonly "~params": NoWeights;
}

/**
 * Slants images to either side in training: rows by `xFactor`, columns by `yFactor` times their number (0 where not given); in
 * inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside [0, 1]; a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomShear, with its defaults: `reflect`, `bilinear`.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomShear({ xFactor: 0.2 })) // Expr<[32, 32, 3]>
 */
export function randomShear<const X extends Factor = 0, const Y extends Factor = 0>(
  options: { readonly xFactor?: X | undefined; readonly yFactor?: Y | undefined } & SamplingOptions = {},
): RandomShear<X, Y> {
  const { xFactor = 0, yFactor = 0 } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomShear",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomShear",
          shape,
          factorProblem("randomShear", { name: "xFactor", value: xFactor, bounds: "[0, 1]" }),
          factorProblem("randomShear", { name: "yFactor", value: yFactor, bounds: "[0, 1]" }),
          samplingProblem("randomShear", options),
        ),
      train: (builder, image) => transformedBy(shear(xFactor, yFactor), options)(builder, image),
    }),
  );
}

export const randomShearKeras = augmentationKeras({
  word: "randomShear",
  className: "RandomShear",
  factors: { xFactor: "x_factor", yFactor: "y_factor" },
  samples: true,
}) satisfies KerasMapping;
