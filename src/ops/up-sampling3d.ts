/** Up-sampling of a volume: the layer; its operator is avgPool2dGradient, which spreads cells. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { TripleOption } from "../shape/axis-options.js";
import type { UpSamplingShape } from "../shape/up-sampling.js";
import { upSamplingLayer } from "./up-sampling-layer.js";
import { given } from "./keras.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link upSampling3d} makes. */
export interface UpSampling3d<F extends TripleOption = 2> extends Layer {
  readonly "~out": UpSamplingShape<"upSampling3d", 3, this["~in"], F>;
  readonly "~params": NoWeights;
}

/**
 * Every cell of a volume `size` times along each axis.
 *
 * Shape   [d, h, w, c] -> [d · size, h · size, w · size, c].
 * Params  none.
 * Cost    one FLOP per cell of the output.
 * Errors  a size that is no size; more than 999,999,999 elements; an input that is no volume.
 * Source  Keras UpSampling3D.
 *
 * @example
 * const y = pipe(input([4, 14, 14, 8]), upSampling3d({ size: [1, 2, 3] })) // Expr<[4, 28, 42, 8]>
 */
export function upSampling3d<const F extends TripleOption = 2>(
  options: { readonly size?: F | undefined } = {},
): UpSampling3d<F> {
  return defineLayer(upSamplingLayer({ name: "upSampling3d", rank: 3, options }, options.size ?? 2));
}

export const upSampling3dKeras = {
  kind: "keras",
  word: "upSampling3d",
  classes: ["UpSampling3D"],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({
      word: "upSampling3d",
      inputs,
      options: given({ size: config.sizesOr(2, "size", 3) }),
    });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "UpSampling3D",
      config: {
        size: options["size"] ?? 2,
        data_format: "channels_last",
      },
      inputs,
    }),
} satisfies KerasMapping;
