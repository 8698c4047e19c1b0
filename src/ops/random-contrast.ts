/** Images of more or less contrast at random: the layer, of a mean and one elementwise operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { add, max, min, mul, sub, x0, x1 } from "../formula/formula.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../shape/value-range.js";
import { augmentationLayer, drawsFor, numberedFrom } from "./augmentation-layer.js";
import { contrastFactor } from "./color-changes.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomContrast} makes. */
export interface RandomContrast<F extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomContrast",
    this["~in"],
    [FactorProblem<"randomContrast", "factor", F, "[0, 1]">]
  >;
  readonly "~params": NoWeights;
}

/**
 * Multiplies the distance of each value from its channel's mean in training: by 1 - lower to 1 + upper for the factor [lower, upper],
 * by 1 to 1 + f for a number f, as in Keras; in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    8 FLOP per element, in training.
 * Errors  an input that is no image; a factor outside [0, 1]; a range that is none.
 * Source  Keras 3's RandomContrast, whose range is [0, 255] where none is given; here it is [0, 1].
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomContrast({ factor: [0.3, 0.3] })) // Expr<[32, 32, 3]>
 */
export function randomContrast<const F extends Factor>(options: {
  readonly factor: F;
  readonly valueRange?: ValueRange | undefined;
}): RandomContrast<F> {
  const { factor, valueRange = usualRange } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomContrast",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomContrast",
          shape,
          factorProblem("randomContrast", { name: "factor", value: factor, bounds: "[0, 1]" }),
          valueRangeProblem("randomContrast", valueRange),
        ),
      train: (builder, image) => {
        const [least, greatest] = valueRange;
        const mean = builder.emit("reduceMean", [image], { axes: [1, 2], keepDims: true });
        const moved = add(mul(sub(x0, x1), numberedFrom(2, contrastFactor(factor))), x1);
        return builder.emit("elementwise", [image, mean, ...drawsFor(builder, image, 1)], {
          formula: max(least, min(greatest, moved)),
        });
      },
    }),
  );
}

export const randomContrastKeras = augmentationKeras({
  word: "randomContrast",
  className: "RandomContrast",
  factors: { factor: "factor" },
  fromZero: true,
  hasRange: true,
}) satisfies KerasMapping;
