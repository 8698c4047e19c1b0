/** Zeros around a volume: the layer; its operator is pad. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { Pads3dOption } from "../shape/axis-options.js";
import type { ZeroPaddingShape } from "../shape/borders.js";
import { zeroPaddingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link zeroPadding3d} makes. */
export interface ZeroPadding3d<P extends Pads3dOption = 1> extends Layer {
  readonly "~out": ZeroPaddingShape<"zeroPadding3d", 3, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * Zeros around a volume: one number for all sides, [depth, height, width], or [before, after] for each; 1 by default.
 *
 * Shape   [d, h, w, c] -> [d + before + after, …, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a padding that is no size; an input that is no volume.
 * Source  Keras ZeroPadding3D.
 *
 * @example
 * const y = pipe(input([9, 28, 28, 8]), zeroPadding3d({ padding: [1, 2, 3] })) // Expr<[11, 32, 34, 8]>
 */
export function zeroPadding3d<const P extends Pads3dOption = 1>(
  options: { readonly padding?: P | undefined } = {},
): ZeroPadding3d<P> {
  return defineLayer(zeroPaddingLayer({ name: "zeroPadding3d", rank: 3, options }, options.padding ?? 1));
}

export const zeroPadding3dKeras = borderKeras({
  word: "zeroPadding3d",
  className: "ZeroPadding3D",
  option: "padding",
  rank: 3,
}) satisfies KerasMapping;
