/** The middle of images: the layer; its operator is slice. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { cropShape, type CropShape } from "../shape/augmented.js";
import type { KerasMapping } from "./keras.js";

interface CropSize {
  readonly height: number;
  readonly width: number;
}

/** The layer that {@link centerCrop} makes. */
export interface CenterCrop<H extends number, W extends number> extends Layer {
  readonly "~out": CropShape<"centerCrop", this["~in"], H, W>;
  readonly "~params": NoWeights;
}

/** The middle of an image; where a margin is odd, the smaller half of it is above and left. */
export const emitMiddle = (emit: Emit, image: Value, { height, width }: CropSize): Value => {
  const [n = "n", imageHeight, imageWidth, channels = 1] = image.type.shape;
  const begin = [0, Math.floor((Number(imageHeight) - height) / 2), Math.floor((Number(imageWidth) - width) / 2), 0];
  return emit("slice", [image], { begin, size: [n, height, width, channels] });
};

/**
 * Cuts the middle out of each image, in training and in inference.
 *
 * Shape   [h, w, c] -> [height, width, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  an input that is no image, or smaller than the crop; a size that is none.
 * Source  Keras 3's CenterCrop, which resizes where we refuse.
 *
 * @example
 * const y = pipe(input([40, 40, 3]), centerCrop({ height: 32, width: 32 })) // Expr<[32, 32, 3]>
 */
export function centerCrop<H extends number, W extends number>(options: {
  readonly height: H;
  readonly width: W;
}): CenterCrop<H, W> {
  return defineLayer({
    name: "centerCrop",
    options,
    rule: ([shape]) => cropShape("centerCrop", options, shape),
    build: ({ emit }, [image]) => {
      invariant(image, "centerCrop has one input");
      return emitMiddle(emit, image, options);
    },
  });
}

export const centerCropKeras = {
  kind: "keras",
  word: "centerCrop",
  classes: ["CenterCrop"],
  trainsByDefault: true,
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({
      word: "centerCrop",
      options: { height: config.number("height"), width: config.number("width") },
      inputs,
    });
  },
  write: ({ options: { height, width }, inputs, layer }) =>
    layer({ className: "CenterCrop", config: { height, width, data_format: "channels_last" }, inputs }),
  note: "images that are smaller than the crop are refused, which Keras resizes",
} satisfies KerasMapping;
