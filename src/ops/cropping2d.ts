/** Cells taken away around an image: the layer; its operator is slice. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { PadsOption } from "../shape/padding.js";
import type { CroppingShape } from "../shape/borders.js";
import { croppingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link cropping2d} makes. */
export interface Cropping2d<P extends PadsOption = 0> extends Layer {
  readonly "~out": CroppingShape<"cropping2d", 2, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * An image without its border: one number for all sides, [height, width], or [[top, bottom], [left, right]]; 0 by default.
 *
 * Shape   [h, w, c] -> [h - top - bottom, w - left - right, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a cropping that is no size, or leaves nothing; an input that is no image.
 * Source  Keras Cropping2D.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), cropping2d({ cropping: [[1, 1], [0, 4]] })) // Expr<[26, 24, 8]>
 */
export function cropping2d<const P extends PadsOption = 0>(
  options: { readonly cropping?: P | undefined } = {},
): Cropping2d<P> {
  return defineLayer(croppingLayer({ name: "cropping2d", rank: 2, options }, options.cropping ?? 0));
}

export const cropping2dKeras = borderKeras({
  word: "cropping2d",
  className: "Cropping2D",
  option: "cropping",
  rank: 2,
}) satisfies KerasMapping;
