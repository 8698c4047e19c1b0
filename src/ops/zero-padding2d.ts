/** Zeros around an image: the layer; its operator is pad. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { ZeroPaddingShape } from "../shape/borders.js";
import type { PadsOption } from "../shape/padding.js";
import { zeroPaddingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link zeroPadding2d} makes. */
export interface ZeroPadding2d<P extends PadsOption = 1> extends Layer {
  readonly "~out": ZeroPaddingShape<"zeroPadding2d", 2, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * Zeros around an image: one number for all sides, [height, width], or [[top, bottom], [left, right]]; 1 by default.
 *
 * Shape   [h, w, c] -> [h + top + bottom, w + left + right, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a padding that is no size; an input that is no image.
 * Source  Keras ZeroPadding2D.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), zeroPadding2d({ padding: [[0, 1], [2, 2]] })) // Expr<[29, 32, 1]>
 */
export function zeroPadding2d<const P extends PadsOption = 1>(
  options: { readonly padding?: P | undefined } = {},
): ZeroPadding2d<P> {
  return defineLayer(zeroPaddingLayer({ name: "zeroPadding2d", rank: 2, options }, options.padding ?? 1));
}

export const zeroPadding2dKeras = borderKeras({
  word: "zeroPadding2d",
  className: "ZeroPadding2D",
  option: "padding",
  rank: 2,
}) satisfies KerasMapping;
