/** `--output` and `--history` of `fit`: what they may be, looked at before training, and how they are written. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { writeAtomically } from "../../io/node.js";
import type { Checkpoint } from "../../train/checkpoint.js";
import type { History } from "../../train/fit.js";
import { writeCheckpointFolder } from "../../train/node/checkpoint-folder.js";
import type { Trainer } from "../../train/trainer.js";
import { withFolder, writeConverted, type Converted, type Format } from "../convert/format.js";
import { endingOf, formatNames, formatOf } from "../convert/formats.js";
import type { LoadedModel } from "../loaded-model.js";
import { runFolder } from "../train/run-folder.js";

/** A checkpoint with everything that training carries, or a format that `convert` writes. */
export interface Output {
  readonly format: Format | undefined;
  readonly path: string;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The file can be written where it is to lie; its folder may still have to be made. */
const writable = (flag: string, path: string): Either<SvertkaError, string> => {
  if (isFolder(path)) return fail("BadFile", flag, `${path}: this is a folder: give the path of a file`);
  const folder = runFolder(dirname(resolve(path)));
  if (E.isLeft(folder)) return fail("BadFile", flag, `${path}: its folder cannot be written: give another path`);
  try {
    if (existsSync(path)) accessSync(path, constants.W_OK);
    return E.right(path);
  } catch {
    return fail("BadFile", flag, `${path}: the file cannot be written: give another path`);
  }
};

/** What OUT means: a file in one of the formats that `convert` writes, or the folder of a checkpoint. */
export const outputOf = (path: string | undefined): Either<SvertkaError, Output | undefined> => {
  if (path === undefined) return E.right(undefined);
  const ending = endingOf(path);
  const format = ending === "" ? undefined : formatOf(path);
  const checkpoint = (): Either<SvertkaError, Output> => {
    const folder = runFolder(path);
    return E.isLeft(folder)
      ? fail("BadFile", "--output", folder.left.message)
      : E.right({ format, path: folder.right.out });
  };
  if (format !== undefined && format.isFolder === undefined)
    return pipe(
      writable("--output", path),
      E.map((file) => ({ format, path: file })),
    );
  if (format === undefined && ending !== "" && !isFolder(path))
    return fail(
      "Unsupported",
      "--output",
      `${path.slice(0, 80)}: ${ending.slice(0, 20)} is not written: give ${formatNames} (a checkpoint)`,
    );
  return existsSync(path) && !isFolder(path)
    ? fail("BadFile", "--output", `${path}: a file is in the way: give a folder, or a .safetensors file`)
    : checkpoint();
};

export const historyFile = (path: string | undefined): Either<SvertkaError, string | undefined> =>
  path === undefined ? E.right(undefined) : writable("--history", path);

export interface OutputFacts {
  readonly trainer: Trainer;
  /** MODEL, as its layers or operators are known. */
  readonly loaded: LoadedModel;
  /** What MODEL was called. */
  readonly from: string;
}

/** What a format makes of the model with its weights as they are now. */
const converted = (
  format: Format,
  path: string,
  { trainer, loaded, from }: OutputFacts,
): TaskEither<SvertkaError, Converted> =>
  pipe(
    TE.fromTask(trainer.weights),
    TE.flatMap((weights) => format.files({ model: loaded, weights, from, output: path })),
  );

/** Whether the model can be written so: tried before training, with the weights that it begins with. */
export const tryOutput = (output: Output | undefined, facts: OutputFacts): TaskEither<SvertkaError, void> =>
  output?.format === undefined
    ? TE.right(undefined)
    : pipe(
        converted(output.format, output.path, facts),
        TE.map(() => undefined),
      );

/** The model with its weights in a format, or everything that training carries as a checkpoint. */
export const writeOutput = (
  { format, path }: Output,
  facts: OutputFacts,
  checkpoint: Omit<Checkpoint, "tensors">,
): TaskEither<SvertkaError, void> =>
  format === undefined
    ? pipe(
        TE.fromTask(facts.trainer.snapshot),
        TE.flatMap((tensors) => writeCheckpointFolder(path, { ...checkpoint, tensors })),
      )
    : pipe(
        converted(format, path, facts),
        TE.flatMap((made) => withFolder(path, writeConverted(format, { output: path }, made))),
        TE.map(() => undefined),
      );

/** One number an epoch under each name. */
export const writeHistoryFile = (path: string, history: History): TaskEither<SvertkaError, void> => {
  const columns = Object.entries(history).map(
    ([name, values]) => `  ${JSON.stringify(name)}: ${JSON.stringify(values)}`,
  );
  return withFolder(path, writeAtomically(path, `{\n${columns.join(",\n")}\n}\n`));
};
