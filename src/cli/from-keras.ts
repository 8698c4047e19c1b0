/** A .keras file as MODEL of the command line: its layers as a model, with its weights. */
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type TaskEither } from "../fp.js";
import { readKeras } from "../io/keras/read.js";
import { readBytes } from "../io/node.js";
import { sizedModel } from "./input-shapes.js";
import { loadedModel, type LoadedModel, type LoadModelOptions } from "./load-model.js";

export const fromKeras = (
  path: string,
  { inputShapes = [] }: LoadModelOptions,
): TaskEither<SvertkaError, LoadedModel> =>
  pipe(
    readBytes(path),
    TE.flatMap((bytes) => readKeras(bytes, path)),
    TE.flatMapEither(({ model, weights, trainingOnly }) =>
      pipe(
        sizedModel(model, inputShapes),
        E.flatMap((sized) => loadedModel(sized, { weights: { kind: "trained", values: weights }, trainingOnly })),
      ),
    ),
  );
