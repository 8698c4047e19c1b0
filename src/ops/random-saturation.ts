/** Paler and more vivid images at random: the layer, of elementwise operators. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { max, min, mul, x0 } from "../formula/formula.js";
import { augmentedShape, coloursProblem, type AugmentedShape, type ColoursProblem } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../shape/value-range.js";
import { augmentationLayer, drawsFor, numberedFrom } from "./augmentation-layer.js";
import { saturationFactor } from "./color-changes.js";
import { emitColours, emitHueSaturationValue } from "./hue-saturation-value.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomSaturation} makes. */
export interface RandomSaturation<F extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomSaturation",
    this["~in"],
    [ColoursProblem<"randomSaturation", this["~in"]>, FactorProblem<"randomSaturation", "factor", F, "[-1, 1]">]
  >;
  readonly "~params": NoWeights;
}

/**
 * Makes the colours of images paler or more vivid in training: the factor 0 is grey, 0.5 leaves them, 1 is as vivid as can be; a number
 * f is from -f to f, all below 0 being grey, as in Keras. In inference it does nothing.
 *
 * Shape   [h, w, 3] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per pixel, in training.
 * Errors  an input that is no image of 3 channels; a factor outside [-1, 1]; a range that is none.
 * Source  Keras 3's RandomSaturation, whose range is [0, 255] where none is given; here it is [0, 1].
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomSaturation({ factor: [0.4, 0.6] })) // Expr<[32, 32, 3]>
 */
export function randomSaturation<const F extends Factor>(options: {
  readonly factor: F;
  readonly valueRange?: ValueRange | undefined;
}): RandomSaturation<F> {
  const { factor, valueRange = usualRange } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomSaturation",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomSaturation",
          shape,
          coloursProblem("randomSaturation", shape ?? []),
          factorProblem("randomSaturation", { name: "factor", value: factor, bounds: "[-1, 1]" }),
          valueRangeProblem("randomSaturation", valueRange),
        ),
      train: (builder, image) => {
        const [least, greatest] = valueRange;
        const colours = emitHueSaturationValue(builder, image);
        const changed = mul(x0, numberedFrom(1, saturationFactor(factor)));
        const saturation = builder.emit("elementwise", [colours.saturation, ...drawsFor(builder, image, 1)], {
          formula: max(least, min(greatest, changed)),
        });
        return emitColours(builder, { ...colours, saturation });
      },
    }),
  );
}

export const randomSaturationKeras = augmentationKeras({
  word: "randomSaturation",
  className: "RandomSaturation",
  factors: { factor: "factor" },
  hasRange: true,
}) satisfies KerasMapping;
