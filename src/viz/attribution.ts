/** Which parts of an image speak for a class: Grad-CAM and saliency, from the gradient of the class's score. */
import type { SvertkaError } from "../errors.js";
import { fail } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { LayerInfo } from "../dsl/to-graph.js";
import type { CompileOptions } from "../run/compile.js";
import { layerNamed, visibleName } from "../run/layer-output.js";
import { scoreGradient, type ScoreGradient } from "../run/score-gradient.js";

export interface SaliencyOptions extends Pick<CompileOptions, "backend" | "weights" | "seed"> {
  /** The class whose score is explained; of each image the one that the net says when not given. */
  readonly classIndex?: number | undefined;
}

export interface GradCamOptions extends SaliencyOptions {
  /** The layer whose maps are weighed; the last one that gives images of more than one pixel when not given. */
  readonly layer?: string | undefined;
}

/** Of one image. */
export interface Attribution {
  /** `[h, w]`, 0 or more; as large as what the layer gives (Grad-CAM) or as the image (saliency). */
  readonly map: NdArray<"f32">;
  /** The class that it speaks for. */
  readonly classIndex: number;
  /** The scores of all classes, before softmax. */
  readonly scores: Float32Array;
  /** The layer; `input` of saliency. */
  readonly layer: string;
}

const isImage = ({ shape }: LayerInfo): boolean =>
  shape.length === 3 && shape.every((size) => size !== null) && (shape[0] ?? 1) * (shape[1] ?? 1) > 1;

const camLayer =
  (name: string | undefined) =>
  (layers: readonly LayerInfo[]): Either<SvertkaError, LayerInfo> => {
    const last = layers.findLast(isImage);
    if (name === undefined)
      return last === undefined
        ? fail("BadModel", "model", "Grad-CAM: no layer gives images of more than a pixel: use saliency")
        : E.right(last);
    return pipe(
      layerNamed(layers, name),
      E.flatMap((layer) =>
        isImage(layer)
          ? E.right(layer)
          : fail(
              "BadOption",
              "layer",
              `Grad-CAM: '${name.slice(0, 40)}' gives [${layer.shape.join(", ")}], [height, width, channels] is needed: choose a layer that gives images${last === undefined ? "" : `, as ${visibleName(last)}`}`,
            ),
      ),
    );
  };

const imagesOf = (x: NdArray<"f32">): Either<SvertkaError, NdArray<"f32">> =>
  x.shape.length === 4 && x.shape.every((size) => size > 0)
    ? E.right(x)
    : fail(
        "BadData",
        "images",
        `attribution: shape [${x.shape.slice(0, 6).join(", ")}], [n, height, width, channels] is needed: give images`,
      );

/** A map for each example, by what it makes of the example's values and gradients at a pixel. */
const mapped = (
  { values, gradient, classes, scores, by }: ScoreGradient,
  mapOf: (values: Float32Array, gradient: Float32Array, channels: number) => Float32Array,
): readonly Attribution[] => {
  const [, height = 1, width = 1, channels = 1] = values.shape;
  const size = height * width * channels;
  const count = scores.shape[1] ?? 0;
  return classes.map((classIndex, row) => {
    const part = ({ data }: NdArray<"f32">): Float32Array => data.subarray(row * size, (row + 1) * size);
    return {
      map: f32([height, width], mapOf(part(values), part(gradient), channels)),
      classIndex,
      scores: scores.data.slice(row * count, (row + 1) * count),
      layer: by,
    };
  });
};

/** relu(Σ αₖ Aₖ), αₖ the mean of dS/dAₖ over places: equations 1 and 2. */
const weighedMaps = (maps: Float32Array, gradient: Float32Array, channels: number): Float32Array => {
  const places = maps.length / channels;
  const alpha = new Float64Array(channels);
  gradient.forEach((value, i) => (alpha[i % channels] = (alpha[i % channels] ?? 0) + value / places));
  return Float32Array.from({ length: places }, (_, place) => {
    const sum = alpha.reduce((total, weight, k) => total + weight * (maps[place * channels + k] ?? 0), 0);
    return Math.max(0, sum);
  });
};

/** The largest absolute gradient of a pixel's channels: §3.1. */
const largestGradients = (_: Float32Array, gradient: Float32Array, channels: number): Float32Array =>
  Float32Array.from({ length: gradient.length / channels }, (__, place) =>
    gradient
      .subarray(place * channels, (place + 1) * channels)
      .reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );

/**
 * Grad-CAM: where the maps of a layer speak for a class, relu(Σ αₖ Aₖ) with αₖ the mean gradient of the class's score
 * (before softmax) over map Aₖ. On any backend that trains.
 *
 * Shape   images `[n, h, w, c]` -> a map `[h', w']` each, as large as what the layer gives.
 * Errors  BadOption for a layer or class that is not there, BadModel for what is no classifier of one input.
 * Source  Selvaraju et al. 2017 (arXiv:1610.02391), equations 1 and 2.
 *
 * @example
 * const [first] = await orReject(gradCam(net, images, { backend: wasm, weights, layer: "conv2d_1" }))
 */
export const gradCam = (
  model: Model<unknown, unknown>,
  images: NdArray<"f32">,
  { layer, ...options }: GradCamOptions,
): TaskEither<SvertkaError, readonly Attribution[]> =>
  pipe(
    TE.fromEither(imagesOf(images)),
    TE.flatMap((x) => scoreGradient(model, x, { ...options, layer: camLayer(layer) })),
    TE.map((result) => mapped(result, weighedMaps)),
  );

/**
 * Saliency: how much a class's score (before softmax) changes with each pixel, the largest |dS/dx| of its channels. On any
 * backend that trains.
 *
 * Shape   images `[n, h, w, c]` -> a map `[h, w]` each.
 * Errors  BadOption for a class that is not there, BadModel for what is no classifier of one input.
 * Source  Simonyan, Vedaldi & Zisserman 2013 (arXiv:1312.6034), §3.
 *
 * @example
 * const [first] = await orReject(saliency(net, images, { backend: wasm, weights, classIndex: 3 }))
 */
export const saliency = (
  model: Model<unknown, unknown>,
  images: NdArray<"f32">,
  options: SaliencyOptions,
): TaskEither<SvertkaError, readonly Attribution[]> =>
  pipe(
    TE.fromEither(imagesOf(images)),
    TE.flatMap((x) => scoreGradient(model, x, { ...options, layer: () => E.right(undefined) })),
    TE.map((result) => mapped(result, largestGradients)),
  );
