/** Zeros around a sequence: the layer; its operator is pad. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { SidesOption } from "../shape/axis-options.js";
import type { ZeroPaddingShape } from "../shape/borders.js";
import { zeroPaddingLayer } from "./border-layers.js";
import { borderKeras } from "./keras-border.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link zeroPadding1d} makes. */
export interface ZeroPadding1d<P extends SidesOption = 1> extends Layer {
  readonly "~out": ZeroPaddingShape<"zeroPadding1d", 1, this["~in"], P>;
  readonly "~params": NoWeights;
}

/**
 * Zeros around a sequence: one number for both sides, or [before, after]; 1 by default.
 *
 * Shape   [steps, c] -> [steps + before + after, c].
 * Params  none.
 * Cost    none but the copy.
 * Errors  a padding that is no size; an input that is no sequence.
 * Source  Keras ZeroPadding1D.
 *
 * @example
 * const y = pipe(input([28, 8]), zeroPadding1d({ padding: [1, 3] })) // Expr<[32, 8]>
 */
export function zeroPadding1d<const P extends SidesOption = 1>(
  options: { readonly padding?: P | undefined } = {},
): ZeroPadding1d<P> {
  return defineLayer(zeroPaddingLayer({ name: "zeroPadding1d", rank: 1, options }, options.padding ?? 1));
}

export const zeroPadding1dKeras = borderKeras({
  word: "zeroPadding1d",
  className: "ZeroPadding1D",
  option: "padding",
  rank: 1,
}) satisfies KerasMapping;
