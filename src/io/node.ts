/** Files of models and tensors under Node. */
import type { SvertkaError } from "../errors.js";
import { TE, pipe, type TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import type { Weights } from "../run/initial-weights.js";
import { readKeras, type LayersFile } from "./keras/read.js";
import { writeKeras } from "./keras/write.js";
import { readBytes, writeAtomically } from "./node/whole-files.js";

export {
  makeDirectory,
  readBytes,
  readText,
  writeAtomically,
  writeTogether,
  type FileContent,
} from "./node/whole-files.js";

/** Reads a .keras file: {@link readKeras}. */
export const readKerasFile = (path: string): TaskEither<SvertkaError, LayersFile> =>
  pipe(
    readBytes(path),
    TE.flatMap((bytes) => readKeras(bytes, path)),
  );

/** Writes a .keras file, whole or not at all: {@link writeKeras}. */
export const writeKerasFile = (
  path: string,
  model: Model<unknown, unknown>,
  weights: Weights,
): TaskEither<SvertkaError, void> =>
  pipe(
    writeKeras(model, weights),
    TE.flatMap((bytes) => writeAtomically(path, bytes)),
  );
