/** Images in other colours at random: the layer, of elementwise operators. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { add, div, gt, max, min, mul, select, sub, x0, x1 } from "../formula/formula.js";
import { augmentedShape, coloursProblem, type AugmentedShape, type ColoursProblem } from "../shape/augmented.js";
import { factorProblem, type Factor, type FactorProblem } from "../shape/factor.js";
import { usualRange, valueRangeProblem, type ValueRange } from "../shape/value-range.js";
import { augmentationLayer, drawsFor } from "./augmentation-layer.js";
import { hueChange } from "./color-changes.js";
import { emitColours, emitHueSaturationValue } from "./hue-saturation-value.js";
import { augmentationKeras } from "./keras-augmentation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomHue} makes. */
export interface RandomHue<F extends Factor> extends Layer {
  readonly "~out": AugmentedShape<
    "randomHue",
    this["~in"],
    [ColoursProblem<"randomHue", this["~in"]>, FactorProblem<"randomHue", "factor", F, "[0, 1]">]
  >;
  readonly "~params": NoWeights;
}

/** A hue that left [0, 1], back in it. */
const turned = select(gt(x0, 1), sub(x0, 1), select(gt(0, x0), add(x0, 1), x0));

/**
 * Turns the colours of images about the colour circle in training, by parts of half of it, either way; in inference it does nothing.
 *
 * Shape   [h, w, 3] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    about 40 FLOP per pixel, in training.
 * Errors  an input that is no image of 3 channels; a factor outside [0, 1]; a range that is none.
 * Source  Keras 3's RandomHue, whose range is [0, 255] where none is given; here it is [0, 1].
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomHue({ factor: 0.1 })) // Expr<[32, 32, 3]>
 */
export function randomHue<const F extends Factor>(options: {
  readonly factor: F;
  readonly valueRange?: ValueRange | undefined;
}): RandomHue<F> {
  const { factor, valueRange = usualRange } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomHue",
      options,
      rule: (shape) =>
        augmentedShape(
          "randomHue",
          shape,
          coloursProblem("randomHue", shape ?? []),
          factorProblem("randomHue", { name: "factor", value: factor, bounds: "[0, 1]" }),
          valueRangeProblem("randomHue", valueRange),
        ),
      train: (builder, image) => {
        const [least, greatest] = valueRange;
        const { emit } = builder;
        const unit = emit("elementwise", [image], { formula: div(sub(x0, least), greatest - least) });
        const colours = emitHueSaturationValue(builder, unit);
        const change = emit("elementwise", drawsFor(builder, image, 2), { formula: hueChange(factor) });
        const moved = emit("elementwise", [colours.hue, change], { formula: add(x0, x1) });
        const hue = emit("elementwise", [moved], { formula: turned });
        return emitColours(builder, { ...colours, hue }, (channel) =>
          add(mul(max(0, min(1, channel)), greatest - least), least),
        );
      },
    }),
  );
}

export const randomHueKeras = augmentationKeras({
  word: "randomHue",
  className: "RandomHue",
  factors: { factor: "factor" },
  fromZero: true,
  hasRange: true,
}) satisfies KerasMapping;
