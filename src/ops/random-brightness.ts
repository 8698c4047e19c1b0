/** Brighter and darker images at random: the layer, of one elementwise operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { add, max, min, x0 } from "../formula/formula.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../shape/value-range.js";
import { augmentationLayer, drawsFor, numberedFrom } from "./augmentation-layer.js";
import { brightnessChange } from "./color-changes.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomBrightness} makes. */
export interface RandomBrightness<F extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomBrightness",
    this["~in"],
    [FactorProblem<"randomBrightness", "factor", F, "[-1, 1]">]
  >;
  readonly "~params": NoWeights;
}

/**
 * Makes images brighter or darker in training, by parts of the range of their values (0 to 1, if not given); in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    3 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside [-1, 1]; a range that is none.
 * Source  Keras 3's RandomBrightness, whose range is [0, 255] where none is given.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomBrightness({ factor: 0.2 })) // Expr<[32, 32, 3]>
 */
export function randomBrightness<const F extends Factor>(options: {
  readonly factor: F;
  readonly valueRange?: ValueRange | undefined;
}): RandomBrightness<F> {
  const { factor, valueRange = usualRange } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomBrightness",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomBrightness",
          shape,
          factorProblem("randomBrightness", { name: "factor", value: factor, bounds: "[-1, 1]" }),
          valueRangeProblem("randomBrightness", valueRange),
        ),
      train: (builder, image) => {
        const [least, greatest] = valueRange;
        return builder.emit("elementwise", [image, ...drawsFor(builder, image, 1)], {
          formula: max(least, min(greatest, add(x0, numberedFrom(1, brightnessChange(factor, valueRange))))),
        });
      },
    }),
  );
}

export const randomBrightnessKeras = augmentationKeras({
  word: "randomBrightness",
  className: "RandomBrightness",
  factors: { factor: "factor" },
  hasRange: true,
}) satisfies KerasMapping;
