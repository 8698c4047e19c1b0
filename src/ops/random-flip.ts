/** Flips of images at random: the layer; its operator is reverse. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { gt, select, x0, x1, x2 } from "../formula/formula.js";
import { augmentedShape, type AugmentedShape } from "../shape/augmented.js";
import { flipProblem, type FlipMode } from "../shape/flip.js";
import { augmentationLayer, drawsFor } from "./augmentation-layer.js";
import { given, type KerasMapping } from "./keras.js";

/** The layer that {@link randomFlip} makes. */
export interface RandomFlip extends Layer {
  readonly "~out": AugmentedShape<"randomFlip", this["~in"], []>;
  readonly "~params": NoWeights;
}

const axesOf: Readonly<Record<FlipMode, readonly number[]>> = {
  horizontal: [2],
  vertical: [1],
  horizontalAndVertical: [1, 2],
};

/**
 * Flips half of the images in training: left and right, top and bottom, or both at once (the default); in inference it does nothing.
 *
 * Shape   [h, w, c] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    two copies and a selection, in training.
 * Errors  an input that is no image; a mode that is none.
 * Source  Keras 3's RandomFlip.
 *
 * @example
 * const y = pipe(input([32, 32, 3]), randomFlip({ mode: "horizontal" })) // Expr<[32, 32, 3]>
 */
export function randomFlip(options: { readonly mode?: FlipMode | undefined } = {}): RandomFlip {
  const { mode = "horizontalAndVertical" } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomFlip",
      options,
      rule: (shape) => augmentedShape("randomFlip", shape, flipProblem("randomFlip", mode)),
      train: (builder, image) => {
        const flipped = builder.emit("reverse", [image], { axes: axesOf[mode] });
        return builder.emit("elementwise", [image, flipped, ...drawsFor(builder, image, 1)], {
          formula: select(gt(x2, 0.5), x0, x1),
        });
      },
    }),
  );
}

const kerasModes = {
  horizontal: "horizontal",
  vertical: "vertical",
  horizontal_and_vertical: "horizontalAndVertical",
} as const;
const kerasModeNames = ["horizontal_and_vertical", "horizontal", "vertical"] as const;

export const randomFlipKeras = {
  kind: "keras",
  word: "randomFlip",
  classes: ["RandomFlip"],
  trainsByDefault: true,
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    const mode = config.textOr("horizontal_and_vertical", "mode", kerasModeNames);
    return apply({ word: "randomFlip", options: given({ mode: mode && kerasModes[mode] }), inputs });
  },
  write: ({ options, inputs, layer }) => {
    const mode = kerasModeNames.find((name) => kerasModes[name] === options["mode"]) ?? "horizontal_and_vertical";
    return layer({ className: "RandomFlip", config: { mode, data_format: "channels_last" }, inputs });
  },
} satisfies KerasMapping;
