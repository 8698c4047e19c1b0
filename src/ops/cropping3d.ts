/** Cells taken away around a volume: the layer; its operator is slice. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { Pads3dOption } from "../shape/axis-options.js";
import type { CroppingShape } from "../shape/borders.js";
import { croppingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link cropping3d} makes. */
export interface Cropping3d<P extends Pads3dOption = 1> extends Layer {
  readonly "~out": CroppingShape<"cropping3d", 3, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * A volume without its border: one number for all sides, [depth, height, width], or [before, after] for each; 1 by default.
 *
 * Shape   [d, h, w, c] -> [d - before - after, …, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a cropping that is no size, or leaves nothing; an input that is no volume.
 * Source  Keras Cropping3D.
 *
 * @example
 * const y = pipe(input([9, 28, 28, 8]), cropping3d({ cropping: [1, 2, 3] })) // Expr<[7, 24, 22, 8]>
 */
export function cropping3d<const P extends Pads3dOption = 1>(
  options: { readonly cropping?: P | undefined } = {},
): Cropping3d<P> {
  return defineLayer(croppingLayer({ name: "cropping3d", rank: 3, options }, options.cropping ?? 1));
}

export const cropping3dKeras = borderKeras({
  word: "cropping3d",
  className: "Cropping3D",
  option: "cropping",
  rank: 3,
}) satisfies KerasMapping;
