/** Cells taken away around a sequence: the layer; its operator is slice. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { SidesOption } from "../shape/axis-options.js";
import type { CroppingShape } from "../shape/borders.js";
import { croppingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link cropping1d} makes. */
export interface Cropping1d<P extends SidesOption = 1> extends Layer {
  readonly "~out": CroppingShape<"cropping1d", 1, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * A sequence without its border: one number for both sides, or [before, after]; 1 by default.
 *
 * Shape   [steps, c] -> [steps - before - after, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a cropping that is no size, or leaves nothing; an input that is no sequence.
 * Source  Keras Cropping1D.
 *
 * @example
 * const y = pipe(input([28, 8]), cropping1d({ cropping: [1, 3] })) // Expr<[24, 8]>
 */
export function cropping1d<const P extends SidesOption = 1>(
  options: { readonly cropping?: P | undefined } = {},
): Cropping1d<P> {
  return defineLayer(croppingLayer({ name: "cropping1d", rank: 1, options }, options.cropping ?? 1));
}

export const cropping1dKeras = borderKeras({
  word: "cropping1d",
  className: "Cropping1D",
  option: "cropping",
  rank: 1,
}) satisfies KerasMapping;
