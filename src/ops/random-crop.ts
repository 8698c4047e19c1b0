/** Crops of images at random places: the layer; its operators are projectiveTransform, and slice in inference. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { cropShape, type CropShape } from "../shape/augmented.js";
import { augmentationLayer, croppedBy } from "./augmentation-layer.js";
import { emitMiddle } from "./center-crop.js";
import { cropAt } from "./image-transformations.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link randomCrop} makes. */
export interface RandomCrop<H extends number, W extends number> extends Layer {
  readonly "~out": CropShape<"randomCrop", this["~in"], H, W>;
  readonly "~params": NoWeights;
}

/**
 * Cuts a part out of each image, at a random place in training and from the middle in inference. For He et al.'s augmentation of
 * CIFAR-10 put `zeroPadding2d({ padding: 4 })` before it.
 *
 * Shape   [h, w, c] -> [height, width, c].
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    none but the copy.
 * Errors  an input that is no image, or smaller than the crop; a size that is none.
 * Source  Keras 3's RandomCrop, which takes one place for a whole batch, and leaves images as they are in inference.
 *
 * @example
 * const y = pipe(input([40, 40, 3]), randomCrop({ height: 32, width: 32 })) // Expr<[32, 32, 3]>
 */
export function randomCrop<H extends number, W extends number>(options: {
  readonly height: H;
  readonly width: W;
}): RandomCrop<H, W> {
  const { height, width } = options;
  return defineLayer(
    augmentationLayer({
      name: "randomCrop",
      options,
      rule: (shape) => cropShape("randomCrop", options, shape),
      train: (builder, image) => {
        const [, imageHeight, imageWidth] = image.type.shape.map(Number);
        const places = [(imageHeight ?? 0) - height + 1, (imageWidth ?? 0) - width + 1] as const;
        return croppedBy(cropAt(...places), [height, width])(builder, image);
      },
      infer: (builder, image) => emitMiddle(builder.emit, image, options),
    }),
  );
}

export const randomCropKeras = {
  kind: "keras",
  word: "randomCrop",
  classes: ["RandomCrop"],
  trainsByDefault: true,
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({
      word: "randomCrop",
      options: { height: config.number("height"), width: config.number("width") },
      inputs,
    });
  },
  write: ({ options: { height, width }, inputs, layer }) =>
    layer({ className: "RandomCrop", config: { height, width, data_format: "channels_last" }, inputs }),
  note: "a place for each image; the middle in inference, where Keras 3.15 leaves images as they are",
} satisfies KerasMapping;
