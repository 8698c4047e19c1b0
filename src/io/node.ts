/** Files of models and tensors under Node. */
import type { SvertkaError } from "../errors.js";
import { TE, pipe, type TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import type { Weights } from "../run/initial-weights.js";
import { readKeras, type LayersFile } from "./keras/read.js";
import { writeKeras } from "./keras/write.js";
import type { NdArray } from "../data/nd-array.js";
import { npyChunks, npyOf } from "./npy.js";
import { readSafetensors, safetensorsChunks, type NamedTensor, type Safetensors } from "./safetensors.js";
import { readBytes, writeAtomically } from "./node/whole-files.js";

export {
  makeDirectory,
  readBytes,
  readText,
  writeAtomically,
  writeTogether,
  type Content,
  type FileContent,
} from "./node/whole-files.js";

/**
 * The tensors of a .safetensors file, which is in memory once: they are views of what was read. Sizes that the file states are
 * compared with its own before they are used.
 */
export const readSafetensorsFile = (
  path: string,
  foreign: "refuse" | "leaveOut" = "refuse",
): TaskEither<SvertkaError, Safetensors> =>
  pipe(
    readBytes(path),
    TE.flatMapEither((bytes) => readSafetensors(bytes, { where: path, foreign, share: true })),
  );

/** Writes tensors, whole or not at all, without a copy of them in memory. */
export const writeSafetensorsFile = (
  path: string,
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): TaskEither<SvertkaError, void> => writeAtomically(path, safetensorsChunks(tensors, metadata));

/** The array of a .npy file, a view of what was read where the file has its numbers as memory does. */
export const readNpyFile = (path: string): TaskEither<SvertkaError, NdArray> =>
  pipe(
    readBytes(path),
    TE.flatMapEither((bytes) => npyOf(bytes, path, true)),
  );

/** Writes an array, whole or not at all, without a copy of it in memory. */
export const writeNpyFile = (path: string, array: NdArray): TaskEither<SvertkaError, void> =>
  writeAtomically(path, npyChunks(array));

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
