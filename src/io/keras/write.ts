/** Writes a Keras 3 file: a model and its weights in, bytes out. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Model } from "../../dsl/model.js";
import type { Weights } from "../../run/initial-weights.js";
import { layersOf, type LayerGraph } from "../layers/index.js";
import { writeArchive } from "./archive.js";
import { caught } from "./failure.js";
import { writeHdf5, type Written } from "./hdf5.js";
import { functionalConfig, weightGroups } from "./functional.js";
import { kerasEnd, kerasName } from "./names.js";
import { LayerWriter, unwritableWords, type LayerDialect, type WrittenLayers } from "./write-layers.js";

/** The version that the files are tried with; Keras does not look at it. */
const kerasVersion = "3.15.1";

/** Keras itself: mappings speak of its layers and operations. */
const dialect: LayerDialect = {
  program: "Keras",
  format: "Keras file",
  layerName: kerasName,
  endName: kerasEnd,
  layer: (layer, emit) => emit(layer),
};

const written = (graph: LayerGraph): Either<SvertkaError, WrittenLayers> => {
  const unwritable = unwritableWords(graph, dialect);
  return unwritable === undefined ? caught(() => new LayerWriter(dialect).write(graph)) : E.left(unwritable);
};

/** What h5wasm is to write, or the first weight that is missing. */
const datasets = (
  { groups, seeds }: ReturnType<typeof weightGroups>,
  weights: Weights,
): Either<SvertkaError, readonly Written[]> => {
  const all: Written[] = seeds.map((path, place) => ({
    path: `${path}/0`,
    shape: [2],
    // Keras's state of a generator: a seed and a counter. Ours of dropout is the step's number.
    data: Uint32Array.of(place + 1, 0),
  }));
  for (const { path, weights: names } of groups)
    for (const [place, name] of names.entries()) {
      const array = weights.get(name);
      if (array === undefined)
        return fail("BadModel", name, `weights: '${name.slice(0, 80)}' is missing: give the weights of this model`);
      all.push({ path: `${path}/${place}`, shape: array.shape, data: array.data });
    }
  return E.right(all);
};

/**
 * A graph of layers as a `.keras` file. See {@link writeKeras}.
 */
export const writeKerasLayers = (graph: LayerGraph, weights: Weights): TaskEither<SvertkaError, Uint8Array> =>
  pipe(
    TE.fromEither(written(graph)),
    TE.bindTo("layers"),
    TE.bind("places", ({ layers }) => TE.of(weightGroups(layers))),
    TE.flatMap(({ layers, places }) =>
      pipe(
        TE.fromEither(datasets(places, weights)),
        TE.flatMap((all) => writeHdf5(all, places.groups)),
        TE.map((content) => {
          const text = new TextEncoder();
          return writeArchive({
            "metadata.json": text.encode(
              JSON.stringify({ keras_version: kerasVersion, date_saved: "1980-01-01@00:00:00" }),
            ),
            "config.json": text.encode(JSON.stringify(functionalConfig(layers))),
            "model.weights.h5": content,
          });
        }),
      ),
    ),
  );

/**
 * The model as a `.keras` file, which Keras 3 loads: the same outputs, and it trains on.
 *
 * Layers keep their paths, with "." for "/": `stem/conv2d` is the layer `stem.conv2d`; docs/keras.md has the whole spelling and
 * what each word becomes.
 *
 * Errors  Unsupported for a word or an option that Keras has nothing for, all such words in one sentence; those of the model;
 *         a weight that is missing.
 *
 * @example
 * const net = model(pipe(input([8]), dense({ units: 2 })))
 * const bytes = writeKeras(net, get({ "dense/kernel": f32([8, 2], new Float32Array(16)), "dense/bias": f32([2], [0, 0]) }))
 */
export const writeKeras = (model: Model<unknown, unknown>, weights: Weights): TaskEither<SvertkaError, Uint8Array> =>
  pipe(
    TE.fromEither(layersOf(model)),
    TE.flatMap((graph) => writeKerasLayers(graph, weights)),
  );
