/** Weights of a PyTorch file for a model that is written here: names by a map, axes and flattened images put in our order. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { f32, sizeOf, type NdArray } from "../data/nd-array.js";
import type { Value } from "../compiler/ir/graph.js";
import type { Model } from "../dsl/model.js";
import { nearestName } from "../dsl/nearest-name.js";
import type { LayerInfo } from "../dsl/to-graph.js";
import * as index from "../ops/torch-index.js";
import { permuted } from "../ops/permuted.js";
import type { TorchMapping, TorchWeight } from "../ops/torch.js";
import { outlineOf } from "../run/inference-graph.js";
import type { Weights } from "../run/initial-weights.js";
import type { NamedTensor } from "./safetensors.js";

const list: readonly TorchMapping[] = Object.values(index);
const mappings: ReadonlyMap<string, TorchMapping> = new Map(list.map((mapping) => [mapping.word, mapping]));

export interface TorchWeightsOptions {
  /**
   * PyTorch's names by ours: of a layer (`"stem/conv2d": "features.0"`) or of one weight. Where nothing is said the name is
   * ours with dots: `stem/conv2d/kernel` is `stem.conv2d.weight`.
   */
  readonly names?: ReadonlyMap<string, string>;
  /** The file, for messages. */
  readonly where: string;
}

/**
 * The weights of a model from the tensors of a PyTorch state dictionary. Convolution kernels come from [out, in, h, w],
 * dense ones from [out, in]; what reads a flattened image is put from channels first into channels last. Tensors that the
 * model has no place for are left out, as `num_batches_tracked`.
 *
 * Errors  BadModel: a tensor that is missing or has another shape, a name in the map that the model has not;
 *         Unsupported: a layer whose weights PyTorch keeps in no known way.
 * Source  torch.nn (PyTorch 2): shapes of `weight` and `bias` of each module.
 *
 * @example
 * const weights = weightsFromTorch(net, tensors, { names: new Map([["conv2d", "features.0"]]), where: "vgg16.safetensors" })
 */
export const weightsFromTorch = (
  model: Model<unknown, unknown>,
  tensors: readonly NamedTensor[],
  { names = new Map(), where }: TorchWeightsOptions,
): Either<SvertkaError, Weights> =>
  pipe(
    outlineOf(model),
    E.chain(({ layers, weights }) => {
      const known = new Set(layers.flatMap(({ name, weights: own }) => (own.length === 0 ? [] : [name, ...own])));
      const shapes = new Map(weights.map(({ name, shape }) => [name, shape]));
      const wrong = [...names.keys()].find((name) => !known.has(name));
      if (wrong !== undefined) return fail("BadModel", where, notOurs(wrong, nearestName(wrong, [...known])));
      const given = new Map(tensors.map((tensor) => [tensor.name, tensor]));
      const images = flattenedImages(layers);
      // A shared layer's weights are those of its first application.
      const wanted = new Map<string, Wanted>();
      for (const one of layers.flatMap((layer) => weightsOf(layer, { names, shapes })))
        if (!wanted.has(one.ours)) wanted.set(one.ours, one);
      return pipe(
        [...wanted.values()],
        E.traverseArray((one) => converted(one, { given, image: images.get(one.layer), where })),
        E.map((pairs) => new Map(pairs)),
      );
    }),
  );

const notOurs = (name: string, near: string | undefined): string =>
  `weights: the map names '${name.slice(0, 50)}', which the model has not: ${near === undefined ? "svertka summary lists its layers" : `did you mean '${near.slice(0, 50)}'?`}`;

interface Wanted {
  readonly layer: LayerInfo;
  readonly shape: readonly number[];
  /** Our name. */
  readonly ours: string;
  /** PyTorch's name; undefined where the layer has no mapping. */
  readonly theirs: string | undefined;
  readonly weight: TorchWeight | undefined;
}

const weightsOf = (
  layer: LayerInfo,
  {
    names,
    shapes,
  }: { readonly names: ReadonlyMap<string, string>; readonly shapes: ReadonlyMap<string, readonly number[]> },
): readonly Wanted[] =>
  layer.weights.map((ours) => {
    const own = ours === layer.name ? "" : ours.slice(layer.name.length + 1);
    const weight = mappings.get(layer.spec.name)?.weights[own];
    const module = names.get(layer.name) ?? layer.name.replaceAll("/", ".");
    const theirs = names.get(ours) ?? (weight === undefined ? undefined : `${module}.${weight.name}`);
    return { layer, ours, theirs, weight, shape: shapes.get(ours) ?? [] };
  });

/** For layers that read a list: the image that it was, where the layers between keep the order of elements. */
const flattenedImages = (layers: readonly LayerInfo[]): ReadonlyMap<LayerInfo, readonly number[]> => {
  const images = new Map<number, readonly number[]>();
  const found = new Map<LayerInfo, readonly number[]>();
  for (const layer of layers) {
    const [input, ...others] = layer.inputs;
    if (input === undefined || others.length > 0) continue;
    const [before, after] = [axesOf(input), axesOf(layer.output)];
    const image = before.length > 1 ? before : images.get(input.id);
    if (image === undefined) continue;
    if (before.length === 1) found.set(layer, image);
    if (after.length === 1 && after[0] === sizeOf(before) && keepsOrder(layer)) images.set(layer.output.id, image);
  }
  return found;
};

const axesOf = ({ type: { shape } }: Value): readonly number[] => shape.slice(1).map(Number);

/** A layer without weights, or with a number for each element. */
const keepsOrder = ({ spec, weights }: LayerInfo): boolean =>
  weights.length === 0 || Object.values(mappings.get(spec.name)?.weights ?? {}).every(({ axes }) => axes === undefined);

interface Given {
  readonly given: ReadonlyMap<string, NamedTensor>;
  readonly image: readonly number[] | undefined;
  readonly where: string;
}

const converted = (
  { ours, theirs, weight, shape }: Wanted,
  { given, image, where }: Given,
): Either<SvertkaError, readonly [string, NdArray<"f32">]> => {
  if (theirs === undefined)
    return fail(
      "Unsupported",
      where,
      `weights: PyTorch has no known name for '${ours.slice(0, 60)}': say it in the map, with its axes in our order`,
    );
  const tensor = given.get(theirs);
  if (tensor === undefined) {
    const near = nearestName(theirs, [...given.keys()]) ?? "";
    return fail(
      "BadModel",
      where,
      `weights: '${theirs.slice(0, 50)}' for '${ours.slice(0, 50)}' is not in the file, the nearest is '${near.slice(0, 40)}': name it in the map`,
    );
  }
  const { axes = shape.map((_, axis) => axis), shapes } = weight ?? {};
  const turned = axes.map((_, axis) => shape[axes.indexOf(axis)] ?? 1);
  const { torch, split } = shapes?.(shape) ?? { torch: turned, split: turned };
  if (withoutOnes(tensor.shape) !== withoutOnes(torch))
    return fail(
      "BadModel",
      where,
      `weights: '${theirs.slice(0, 50)}' is [${tensor.shape.join(", ")}], '${ours.slice(0, 50)}' needs [${torch.join(", ")}]: is it another model's?`,
    );
  const view = { split, axes };
  const seen = image !== undefined && weight?.countsInput === true ? channelsLast(view, image) : view;
  const data = permuted(Float32Array.from(tensor.data), seen.split, seen.axes);
  return E.right([ours, f32(shape, data)]);
};

/** PyTorch drops or keeps axes of 1 as a module likes (the one slope of PReLU); no element moves by that. */
const withoutOnes = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();

interface View {
  readonly split: readonly number[];
  readonly axes: readonly number[];
}

/** Our first axis, seen as the image that it counts: channels first in PyTorch's order, last in ours. */
const channelsLast = ({ split, axes: [counted = 0, ...others] }: View, image: readonly number[]): View => {
  const channels = image.at(-1) ?? 1;
  const spatial = image.slice(0, -1);
  const later = (axis: number): number => (axis > counted ? axis + spatial.length : axis);
  return {
    split: [...split.slice(0, counted), channels, ...spatial, ...split.slice(counted + 1)],
    axes: [...spatial.map((_, axis) => counted + 1 + axis), counted, ...others.map(later)],
  };
};
