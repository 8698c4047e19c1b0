/** Up-sampling of a sequence: the layer; its operator is avgPool2dGradient, which spreads cells. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { UpSamplingShape } from "../shape/up-sampling.js";
import { upSamplingLayer } from "./up-sampling-layer.js";
import { given } from "./keras.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link upSampling1d} makes. */
export interface UpSampling1d<F extends number = 2> extends Layer {
  readonly "~out": UpSamplingShape<"upSampling1d", 1, this["~in"], F>;
  readonly "~params": NoWeights;
}

/**
 * Every cell of a sequence `size` times along each axis.
 *
 * Shape   [steps, c] -> [steps · size, c].
 * Params  none.
 * Cost    one FLOP per cell of the output.
 * Errors  a size that is no size; more than 999,999,999 elements; an input that is no sequence.
 * Source  Keras UpSampling1D.
 *
 * @example
 * const y = pipe(input([14, 8]), upSampling1d({ size: 3 })) // Expr<[42, 8]>
 */
export function upSampling1d<F extends number = 2>(options: { readonly size?: F | undefined } = {}): UpSampling1d<F> {
  return defineLayer(upSamplingLayer({ name: "upSampling1d", rank: 1, options }, options.size ?? 2));
}

export const upSampling1dKeras = {
  kind: "keras",
  word: "upSampling1d",
  classes: ["UpSampling1D"],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({
      word: "upSampling1d",
      inputs,
      options: given({ size: config.sizesOr(2, "size", 1) }),
    });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "UpSampling1D",
      config: {
        size: options["size"] ?? 2,
      },
      inputs,
    }),
} satisfies KerasMapping;
