/** Up-sampling of an image: the layer; its operators are avgPool2dGradient, which spreads cells, and avgPool2d, which blends them. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { E } from "../fp.js";
import type { PairOption } from "../shape/padding.js";
import type { UpSamplingShape } from "../shape/up-sampling.js";
import type { LayerSpec } from "./layer.js";
import { emitPool } from "./pool-layer.js";
import { upSamplingLayer } from "./up-sampling-layer.js";
import { given } from "./keras.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link upSampling2d} makes. */
export interface UpSampling2d<F extends PairOption = 2> extends Layer {
  readonly "~out": UpSamplingShape<"upSampling2d", 2, this["~in"], F>;
  readonly "~params": NoWeights;
}

interface UpSampling2dOptions<F> {
  readonly size?: F | undefined;
  readonly interpolation?: "nearest" | "bilinear" | undefined;
}

/** Larger boxes are cheaper one axis after the other. */
const largestSquareBox = 2;

/**
 * Linear interpolation of cells that were repeated: the mean over a box as wide as a cell's copies. Box after box is the
 * triangle that bilinear interpolation weighs with; an even box has no middle, so that two of them are averaged. Means
 * that leave out what lies outside repeat the border, as sampling at half-pixel centres does.
 */
const blended = (emit: Emit, repeated: Value, [fh = 1, fw = 1]: readonly number[]): Value => {
  const mean = (x: Value, poolSize: readonly number[], halves: readonly number[]): Value =>
    emitPool(emit, "avgPool2d", x, { poolSize, strides: [1, 1], pads: halves.map((half) => [half, half] as const) });
  const [halfH, halfW] = [Math.floor(fh / 2), Math.floor(fw / 2)];
  const boxed =
    Math.max(fh, fw) <= largestSquareBox
      ? mean(repeated, [fh, fw], [halfH, halfW])
      : mean(mean(repeated, [1, fw], [0, halfW]), [fh, 1], [halfH, 0]);
  return mean(boxed, [2 - (fh % 2), 2 - (fw % 2)], [0, 0]);
};

const unknownInterpolation = (word: unknown): string =>
  `upSampling2d: interpolation '${String(word)}' is unknown: use 'nearest' or 'bilinear'`;

const upSampling2dLayer = (options: UpSampling2dOptions<PairOption>): LayerSpec => {
  const { size = 2, interpolation = "nearest" } = options;
  const base = { name: "upSampling2d", rank: 2, options } as const;
  if (interpolation === "nearest") return upSamplingLayer(base, size);
  const layer = upSamplingLayer({ ...base, finish: blended }, size);
  // Files are run without a type check.
  return interpolation === "bilinear" ? layer : { ...layer, rule: () => E.left(unknownInterpolation(interpolation)) };
};

/**
 * An image larger by whole numbers: every cell repeated, or blended with its neighbours.
 *
 * Shape   [h, w, c] -> [h · size, w · size, c].
 * Params  none.
 * Cost    one FLOP per cell of the output; bilinear about 4 to 2 (fh + fw) more.
 * Errors  a size that is no size; more than 999,999,999 elements; an input that is no image.
 * Source  Keras UpSampling2D; bilinear as tf.image.resize, with half-pixel centres.
 *
 * @example
 * const y = pipe(input([14, 14, 8]), upSampling2d({ size: 2, interpolation: "bilinear" })) // Expr<[28, 28, 8]>
 */
export function upSampling2d<const F extends PairOption = 2>(options: UpSampling2dOptions<F> = {}): UpSampling2d<F> {
  return defineLayer(upSampling2dLayer(options));
}

export const upSampling2dKeras = {
  kind: "keras",
  word: "upSampling2d",
  classes: ["UpSampling2D"],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({
      word: "upSampling2d",
      inputs,
      options: given({
        size: config.sizesOr(2, "size", 2),
        interpolation: config.textOr("nearest", "interpolation", ["nearest", "bilinear"]),
      }),
    });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "UpSampling2D",
      config: {
        size: options["size"] ?? 2,
        interpolation: options["interpolation"] ?? "nearest",
        data_format: "channels_last",
      },
      inputs,
    }),
} satisfies KerasMapping;
