/** Reads a layers model of TensorFlow.js: model.json and the files of weights beside it. Nothing in them is trusted or run. */
import { fail, type SvertkaError } from "../../errors.js";
import type { NdArray } from "../../data/nd-array.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { isObject, type JsonObject } from "../../json-object.js";
import { outlineOf } from "../../run/inference-graph.js";
import { at, readJson } from "../keras/json.js";
import { pathOfKeras, snakeCase } from "../keras/names.js";
import { placedWeights, type WeightInFile } from "../keras/placed-weights.js";
import { readLayers, type LayersFile } from "../keras/read.js";
import { modelOf } from "../layers/index.js";
import { checkDifferences } from "./differences.js";
import { readManifest, type ManifestGroup } from "./manifest.js";
import { readGroup } from "./weights.js";

type Arrays = ReadonlyMap<string, NdArray<"f32">>;

export interface TensorFlowJsFiles {
  /** The bytes of model.json. */
  readonly model: Uint8Array;
  /** The bytes of a file beside it. */
  readonly file: (path: string) => TaskEither<SvertkaError, Uint8Array>;
}

/** The configuration of the layers: the topology itself, or inside of what the converter from Keras wrote. */
const topologyOf = (json: JsonObject, where: string): Either<SvertkaError, JsonObject> => {
  const topology = at(json, "modelTopology");
  if (at(json, "format") === "graph-model" || Array.isArray(at(topology, "node")))
    return fail(
      "Unsupported",
      where,
      "model.json: it is a graph model, of TensorFlow's operators: convert the Keras model or its layers model",
    );
  const model = at(topology, "model_config") ?? topology;
  return isObject(model)
    ? E.right(model)
    : fail("BadFile", where, "model.json: it has no modelTopology: give what tfjs's model.save(...) wrote");
};

/** Our paths in place of Keras's: `stem.conv/kernel:0` is `stem/conv/kernel`; the converter's models have scopes before that. */
const pathOfWeight = (name: string): string => name.replace(/:\d+$/, "").split("/").map(pathOfKeras).join("/");

/** Keras's names for a weight of ours: a depthwise kernel has one of its own there. */
const wordsOf = (own: string): readonly string[] => {
  const word = snakeCase(own);
  return own === "kernel" ? [word, "depthwise_kernel"] : [word];
};

const inFile = ({ shape, data }: NdArray<"f32">): WeightInFile => ({ shape, numbers: () => E.right(data) });

/** Finds weights by their whole paths, or where a model in a model has none by the layer's name, which is then unique. */
const finder = (arrays: Arrays): ((name: string) => WeightInFile | undefined) => {
  const byPath = new Map([...arrays].map(([name, array]) => [pathOfWeight(name), inFile(array)]));
  const byEnd = new Map<string, WeightInFile | undefined>();
  for (const [path, array] of byPath) {
    const end = path.split("/").slice(-2).join("/");
    byEnd.set(end, byEnd.has(end) ? undefined : array);
  }
  return (name) => {
    const parts = name.split("/");
    const [layer, own] = [parts.slice(0, -1), parts.at(-1) ?? ""];
    for (const word of wordsOf(own)) {
      const found = byPath.get([...layer, word].join("/")) ?? byEnd.get([...layer.slice(-1), word].join("/"));
      if (found !== undefined) return found;
    }
    return undefined;
  };
};

const fileOf = (json: JsonObject, arrays: Arrays, where: string): Either<SvertkaError, LayersFile> =>
  pipe(
    topologyOf(json, where),
    E.tap((model) => checkDifferences(model, where)),
    // Statistics of a Normalization layer stand in its configuration here.
    E.flatMap((model) => readLayers(model, where, () => undefined)),
    E.bind("model", ({ graph }) => modelOf(graph)),
    E.bind("outline", ({ model }) => outlineOf(model)),
    E.flatMap(({ graph, model, outline, places, trainingOnly }) =>
      pipe(
        placedWeights(outline.weights, { places, find: finder(arrays), format: "model.json", where }),
        E.map((weights) => ({ model, graph, weights, trainingOnly })),
      ),
    ),
  );

const readGroups =
  ({ file }: TensorFlowJsFiles, where: string) =>
  (groups: readonly ManifestGroup[]): TaskEither<SvertkaError, Arrays> =>
    pipe(
      groups,
      TE.traverseSeqArray((group) =>
        pipe(
          group.paths,
          TE.traverseSeqArray(file),
          TE.flatMapEither((files) => readGroup(group, files, where)),
        ),
      ),
      TE.map((all) => new Map(all.flatMap((arrays) => [...arrays]))),
    );

/**
 * Reads a layers model of TensorFlow.js, whether tfjs-layers saved it or its converter made it from Keras: sharded and quantised
 * weights too. Layers and weights keep their names; docs/keras.md has the layers that are read.
 *
 * Errors  BadFile for what is damaged: JSON, a file that is cut short, a weight that is missing or has another shape, a path
 *         that leads out of the folder; Unsupported for graph models, and for layers and options that svertka has not.
 *
 * @example
 * const read = await readTensorFlowJs({ model: bytes, file: (path) => readBytes(join(folder, path)) }, "model.json")()
 */
export const readTensorFlowJs = (files: TensorFlowJsFiles, where: string): TaskEither<SvertkaError, LayersFile> =>
  pipe(
    TE.fromEither(
      pipe(
        readJson(files.model, "model.json: it", where),
        E.bindTo("json"),
        E.tap(({ json }) => topologyOf(json, where)),
        E.bind("groups", ({ json }) => readManifest(at(json, "weightsManifest"), where)),
      ),
    ),
    TE.flatMap(({ json, groups }) =>
      pipe(
        readGroups(files, where)(groups),
        TE.flatMapEither((arrays) => fileOf(json, arrays, where)),
      ),
    ),
  );
