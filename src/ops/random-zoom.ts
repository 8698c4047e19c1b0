/** Zooms of images at random: the layer; its operator is projectiveTransform. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { samplingProblem, type SamplingOptions } from "../shape/sampling.js";
import { augmentationLayer, transformedBy } from "./augmentation-layer.js";
import { zoom } from "./image-transformations.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomZoom} makes. */
export interface RandomZoom<H extends Factor, W extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomZoom",
    this["~in"],
    [
      FactorProblem<"randomZoom", "heightFactor", H, "(-1, 1]">,
      FactorProblem<"randomZoom", "widthFactor", W, "(-1, 1]">,
    ]
  >;
  readonly "~params": NoWeights;
}

/**
 * Brings images nearer (below 0) or farther (above 0) in training: 0.2 shows from 0.8 to 1.2 times of them; without `widthFactor`
 * the proportions stay. In inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside (-1, 1]; a fill mode or an interpolation that is none.
 * Source  Keras 3's RandomZoom, with its defaults: `reflect`, `bilinear`.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomZoom({ heightFactor: 0.2 })) // Expr<[32, 32, 3]>
 */
export function randomZoom<const H extends Factor, const W extends Factor = 0>(
  options: { readonly heightFactor: H; readonly widthFactor?: W | undefined } & SamplingOptions,
): RandomZoom<H, W> {
  const { heightFactor, widthFactor } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomZoom",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomZoom",
          shape,
          factorProblem("randomZoom", { name: "heightFactor", value: heightFactor, bounds: "(-1, 1]" }),
          factorProblem("randomZoom", { name: "widthFactor", value: widthFactor ?? 0, bounds: "(-1, 1]" }),
          samplingProblem("randomZoom", options),
        ),
      train: (builder, image) => transformedBy(zoom(heightFactor, widthFactor), options)(builder, image),
    }),
  );
}

export const randomZoomKeras = augmentationKeras({
  word: "randomZoom",
  className: "RandomZoom",
  factors: { heightFactor: "height_factor", widthFactor: "width_factor" },
  samples: true,
}) satisfies KerasMapping;
