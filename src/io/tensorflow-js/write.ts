/** Writes a layers model of TensorFlow.js: model.json and the files of weights that belong beside it. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { NdArray } from "../../data/nd-array.js";
import type { Model } from "../../dsl/model.js";
import type { Weights } from "../../run/initial-weights.js";
import { caught } from "../keras/failure.js";
import { snakeCase } from "../keras/names.js";
import { LayerWriter, unwritableWords, type MadeLayer, type WrittenLayers } from "../keras/write-layers.js";
import { layersOf, type LayerGraph } from "../layers/index.js";
import type { JsonObject } from "../../json-object.js";
import { sizesOf } from "./parts.js";
import { tensorFlowJsDialect } from "./dialect.js";
import { topologyOf } from "./topology.js";

/** A file of a folder, whose bytes are made when they are asked for, so that weights are not in memory twice. */
export interface FolderFile {
  /** Its name in the folder. */
  readonly name: string;
  readonly size: number;
  readonly bytes: () => Uint8Array<ArrayBuffer>;
}

/** What the converter of TensorFlow.js uses, so that browsers keep the files in their caches. */
const shardBytes = 4 * 2 ** 20;

const written = (graph: LayerGraph): Either<SvertkaError, WrittenLayers> => {
  const unwritable = unwritableWords(graph, tensorFlowJsDialect);
  return unwritable === undefined
    ? caught(() => new LayerWriter(tensorFlowJsDialect).write(graph))
    : E.left(unwritable);
};

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** TensorFlow.js's name and shape of a weight. */
const entryOf = ({ name, className, config, weights }: MadeLayer, place: number, array: NdArray<"f32">): Entry => {
  const isDepthwise = className === "DepthwiseConv2D" && place === 0;
  const own = isDepthwise ? "depthwise_kernel" : snakeCase(weights[place]?.own ?? "");
  return { name: `${name}/${own}`, shape: isDepthwise ? depthwiseShape(config, array) : array.shape, data: array.data };
};

/** [height, width, channels, multiplier]: kernels of one group for each channel, and factors, have another shape here. */
const depthwiseShape = (config: JsonObject, { data }: NdArray<"f32">): readonly number[] => {
  const [height = 1, width = 1] = sizesOf(config["kernel_size"]);
  const multiplier = Number(config["depth_multiplier"] ?? 1);
  return [height, width, data.length / (height * width * multiplier), multiplier];
};

const entriesOf = ({ layers }: WrittenLayers, weights: Weights): Either<SvertkaError, readonly Entry[]> => {
  const entries: Entry[] = [];
  for (const layer of layers)
    for (const [place, { name }] of layer.weights.entries()) {
      const array = weights.get(name);
      if (array === undefined)
        return fail("BadModel", name, `weights: '${name.slice(0, 80)}' is missing: give the weights of this model`);
      entries.push(entryOf(layer, place, array));
    }
  return E.right(entries);
};

/** The bytes from `begin` to `end` of all numbers one after the other, little endian as both formats have them. */
const cut = (entries: readonly Entry[], begin: number, end: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(end - begin);
  let at = 0;
  for (const { data } of entries) {
    const [from, to] = [Math.max(at, begin), Math.min(at + data.byteLength, end)];
    if (from < to) bytes.set(new Uint8Array(data.buffer, data.byteOffset + from - at, to - from), from - begin);
    at += data.byteLength;
  }
  return bytes;
};

const shardsOf = (entries: readonly Entry[]): readonly FolderFile[] => {
  const total = entries.reduce((sum, { data }) => sum + data.byteLength, 0);
  const count = Math.ceil(total / shardBytes);
  return Array.from({ length: count }, (_, place) => {
    const [begin, end] = [place * shardBytes, Math.min(total, (place + 1) * shardBytes)];
    return {
      name: `group1-shard${place + 1}of${count}.bin`,
      size: end - begin,
      bytes: () => cut(entries, begin, end),
    };
  });
};

/** A graph of layers as the files of a folder. See {@link writeTensorFlowJs}. */
export const writeTensorFlowJsLayers = (
  graph: LayerGraph,
  weights: Weights,
): Either<SvertkaError, readonly FolderFile[]> =>
  pipe(
    written(graph),
    E.bindTo("layers"),
    E.bind("entries", ({ layers }) => entriesOf(layers, weights)),
    E.map(({ layers, entries }) => {
      const shards = shardsOf(entries);
      const manifest = [
        {
          paths: shards.map(({ name }) => name),
          weights: entries.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
        },
      ];
      const json = {
        format: "layers-model",
        generatedBy: "svertka",
        convertedBy: null,
        modelTopology: topologyOf(layers),
        weightsManifest: manifest,
      };
      const text = new TextEncoder().encode(JSON.stringify(json));
      return [...shards, { name: "model.json", size: text.byteLength, bytes: () => text }];
    }),
  );

/**
 * The model as the files of a folder that `tf.loadLayersModel` of TensorFlow.js reads: `model.json` and its weights in files of
 * 4 MiB. It gives the same outputs there, and can be trained.
 *
 * Layers keep their paths, with "." for "/"; docs/keras.md says which layers TensorFlow.js has, and what others become.
 *
 * Errors  Unsupported for a word or an option that TensorFlow.js has nothing for; those of the model; a weight that is missing.
 *
 * @example
 * const net = model(pipe(input([8]), dense({ units: 2 })))
 * const files = writeTensorFlowJs(net, get({ "dense/kernel": f32([8, 2], new Float32Array(16)), "dense/bias": f32([2], [0, 0]) }))
 */
export const writeTensorFlowJs = (
  model: Model<unknown, unknown>,
  weights: Weights,
): Either<SvertkaError, readonly FolderFile[]> =>
  pipe(
    layersOf(model),
    E.flatMap((graph) => writeTensorFlowJsLayers(graph, weights)),
  );
