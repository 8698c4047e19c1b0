/** Reads a Keras 3 file: bytes in, a model and its weights out. Nothing in the file is trusted or run. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Model } from "../../dsl/model.js";
import type { JsonObject } from "../../json-object.js";
import { outlineOf } from "../../run/inference-graph.js";
import type { Weights } from "../../run/initial-weights.js";
import { modelOf, type LayerGraph } from "../layers/index.js";
import { readArchive, type Archive } from "./archive.js";
import { caught } from "./failure.js";
import { openWeights, type WeightFile } from "./hdf5.js";
import { at, readJson, textAt } from "./json.js";
import { placedWeights } from "./placed-weights.js";
import { LayerReader, type ReadLayers } from "./read-layers.js";
import { unknownLayers } from "./unknown-layers.js";

/** A model of layers, as a file of them describes it. */
export interface LayersFile {
  readonly model: Model<unknown, unknown>;
  readonly graph: LayerGraph;
  readonly weights: Weights;
  /** What the file says about training that svertka has not, as `conv2d: bias_regularizer`: inference is the same without it. */
  readonly trainingOnly: readonly string[];
}

const entry = (archive: Archive, name: string, where: string): Either<SvertkaError, Uint8Array> =>
  archive.get(name)?.() ??
  fail("BadFile", where, `Keras file: the archive has no ${name}: give a .keras file that Keras 3 wrote`);

/** The layers of a configuration; `variable` reads numbers that are no weights of ours. */
export const readLayers = (
  model: JsonObject,
  where: string,
  variable: (group: string, place: number) => readonly number[] | undefined,
): Either<SvertkaError, ReadLayers> => {
  const unknown = unknownLayers(model, where);
  if (unknown !== undefined) return E.left(unknown);
  return caught(() => {
    const reader = new LayerReader(variable);
    const frozen = at(at(model, "config"), "trainable") === false;
    const top = { path: "", group: "layers", frozen, inferenceOnly: false, depth: 0 };
    const { inputs, outputs } = reader.model(model, undefined, top);
    return {
      graph: {
        inputs: inputs.map(({ name, value, shape }) => ({ name, value, shape })),
        calls: reader.calls,
        outputs: outputs.map(({ name, value }) => ({ name, value: value.value })),
      },
      places: reader.places,
      trainingOnly: [...reader.trainingOnly],
    };
  });
};

const readModel = (config: JsonObject, file: WeightFile, where: string): Either<SvertkaError, LayersFile> => {
  const variable = (group: string, place: number): readonly number[] | undefined => {
    const numbers = file.variable(group, place)?.numbers();
    return numbers !== undefined && E.isRight(numbers) ? [...numbers.right] : undefined;
  };
  const layers = readLayers(config, where, variable);
  if (E.isLeft(layers)) return layers;
  const { graph, places, trainingOnly } = layers.right;
  const model = modelOf(graph);
  if (E.isLeft(model)) return model;
  const outline = outlineOf(model.right);
  if (E.isLeft(outline)) return outline;
  return pipe(
    placedWeights(outline.right.weights, {
      places,
      find: (_, place) => (place === undefined ? undefined : file.variable(place.group, place.place)),
      format: "Keras file",
      where,
    }),
    E.map((weights) => ({ model: model.right, graph, weights, trainingOnly })),
  );
};

/** A config.json says which version wrote it; files of Keras 2 with this ending have another form. */
const checkVersion = (archive: Archive, where: string): Either<SvertkaError, void> => {
  const bytes = archive.get("metadata.json")?.();
  if (bytes === undefined) return E.right(undefined);
  return pipe(
    bytes,
    E.flatMap((content) => readJson(content, "Keras file: metadata.json", where)),
    E.flatMap((metadata): Either<SvertkaError, void> => {
      const version = textAt(metadata, "keras_version") ?? "3";
      return /^[01]\.|^2\.(?:[0-9]|1[01])(?:\.|$)/.test(version)
        ? fail("Unsupported", where, `Keras file: Keras ${version.slice(0, 20)} wrote it: save it with Keras 3`)
        : E.right(undefined);
    }),
  );
};

/**
 * Reads a model that Keras 3 saved as `.keras`: functional and sequential models, models in models, shared layers, several
 * inputs and outputs. `where` names the file in sentences.
 *
 * Layers and weights keep their names, those in a nested model after its path: `resnet/conv1/kernel`. docs/keras.md says what
 * is read and how it is named.
 *
 * Errors  BadFile for bytes that are no such file, are cut short or damaged: JSON, cycles, weights that are missing or have
 *         other shapes; Unsupported for layers and options that svertka has not, all unknown layers in one sentence, Lambda
 *         among them: no code in a file is ever run.
 *
 * @example
 * const read = await readKeras(bytes, "net.keras")()
 * const ready = E.map(({ model, weights }: LayersFile) => compile(model, { backend: wasm, weights }))(read)
 */
export const readKeras = (bytes: Uint8Array, where: string): TaskEither<SvertkaError, LayersFile> =>
  pipe(
    TE.fromEither(
      pipe(
        E.Do,
        E.bind("archive", () => readArchive(bytes, where)),
        E.tap(({ archive }) => checkVersion(archive, where)),
        E.bind("config", ({ archive }) =>
          pipe(
            entry(archive, "config.json", where),
            E.flatMap((content) => readJson(content, "Keras file: config.json", where)),
          ),
        ),
        // Unknown layers are told before 4 MB are loaded.
        E.tap(({ config }) => {
          const unknown = unknownLayers(config, where);
          return unknown === undefined ? E.right(undefined) : E.left(unknown);
        }),
        E.bind("content", ({ archive }) => entry(archive, "model.weights.h5", where)),
      ),
    ),
    TE.flatMap(({ config, content }) =>
      pipe(
        openWeights(content, where),
        TE.flatMapEither((file) => {
          try {
            return readModel(config, file, where);
          } finally {
            file.close();
          }
        }),
      ),
    ),
  );
