/** A model of layers as MODEL of the command line, a .keras file or TensorFlow.js's model.json: its layers as a model, with its weights. */
import { dirname, join } from "node:path";
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type TaskEither } from "../fp.js";
import { readKeras, type LayersFile } from "../io/keras/read.js";
import { readBytes } from "../io/node.js";
import { readTensorFlowJs } from "../io/tensorflow-js/read.js";
import { sizedModel } from "./input-shapes.js";
import { loadedModel, type LoadedModel, type LoadModelOptions } from "./loaded-model.js";

const loaded = (
  file: TaskEither<SvertkaError, LayersFile>,
  { inputShapes = [] }: LoadModelOptions,
): TaskEither<SvertkaError, LoadedModel> =>
  pipe(
    file,
    TE.flatMapEither(({ model, weights, trainingOnly }) =>
      pipe(
        sizedModel(model, inputShapes),
        E.flatMap((sized) => loadedModel(sized, { weights: { kind: "trained", values: weights }, trainingOnly })),
      ),
    ),
  );

export const fromKeras = (path: string, options: LoadModelOptions): TaskEither<SvertkaError, LoadedModel> =>
  loaded(
    pipe(
      readBytes(path),
      TE.flatMap((bytes) => readKeras(bytes, path)),
    ),
    options,
  );

export const fromTensorFlowJs = (path: string, options: LoadModelOptions): TaskEither<SvertkaError, LoadedModel> =>
  loaded(
    pipe(
      readBytes(path),
      TE.flatMap((model) =>
        readTensorFlowJs({ model, file: (beside) => readBytes(join(dirname(path), beside)) }, path),
      ),
    ),
    options,
  );
