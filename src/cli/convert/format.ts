/** A format that `svertka convert` and `fit` write: the end of its files' names, and how a model becomes one. */
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { E, TE, pipe, type TaskEither } from "../../fp.js";
import type { SvertkaError } from "../../errors.js";
import { makeDirectory, writeTogether, type FileContent } from "../../io/node.js";
import type { Weights } from "../../run/initial-weights.js";
import type { LoadedModel } from "../loaded-model.js";

export interface ConvertRequest {
  readonly model: LoadedModel;
  readonly weights: Weights;
  /** What MODEL was called. */
  readonly from: string;
  /** The file or folder to write. */
  readonly output: string;
}

export interface Converted {
  readonly files: readonly FileContent[];
  /** Of all files together. */
  readonly bytes: number;
  /** Files that what was here before leaves over, to be removed once the new ones are written. */
  readonly surplus?: readonly string[];
}

export interface Format {
  /** As `--json` says it: `onnx`. */
  readonly name: string;
  /** For people: `ONNX`. */
  readonly title: string;
  /** The end of the file's name, with its dot, in lower case; empty for a folder. */
  readonly ending: string;
  /** Whether the output is a folder, which is made where it is not there. */
  readonly isFolder?: true;
  /** What there is to write; nothing is written yet. */
  readonly files: (request: ConvertRequest) => TaskEither<SvertkaError, Converted>;
}

/** One file of these bytes, or of these pieces. */
export const singleFile = (path: string, content: Uint8Array | readonly Uint8Array[]): Converted => ({
  files: [{ path, content }],
  bytes: [content].flat().reduce((sum, { byteLength }) => sum + byteLength, 0),
});

/** Writes what a format made, and answers its bytes: all of it is there afterwards, or what was there before. */
export const writeConverted = (
  { isFolder }: Format,
  { output }: Pick<ConvertRequest, "output">,
  { files, bytes, surplus = [] }: Converted,
): TaskEither<SvertkaError, number> =>
  pipe(
    isFolder === true ? makeDirectory(output) : TE.right(undefined),
    TE.flatMap(() => writeTogether(files)),
    TE.flatMap(() => async () => {
      // One that cannot be removed does no harm.
      for (const path of surplus) await rm(path).catch(() => undefined);
      return E.right(bytes);
    }),
  );

/** The folder of a file that is to be written is made, too. */
export const withFolder = <A>(path: string, write: TaskEither<SvertkaError, A>): TaskEither<SvertkaError, A> =>
  pipe(
    makeDirectory(dirname(path)),
    TE.flatMap(() => write),
  );
