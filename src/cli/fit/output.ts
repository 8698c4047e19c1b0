/** `--output` and `--history` of `fit`: what they may be, looked at before training, and how they are written. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Model } from "../../dsl/model.js";
import { kerasLayers, writeKeras } from "../../io/keras/write.js";
import { makeDirectory, writeAtomically } from "../../io/node.js";
import { encodeSafetensors } from "../../io/safetensors.js";
import type { Checkpoint } from "../../train/checkpoint.js";
import type { History } from "../../train/fit.js";
import { writeCheckpointFolder } from "../../train/node/checkpoint-folder.js";
import type { Trainer } from "../../train/trainer.js";
import { runFolder } from "../train/run-folder.js";

export interface Output {
  readonly kind: "checkpoint" | "keras" | "weights";
  readonly path: string;
}

/** A name that ends as a file's, in letters: `net.onnx`, not `run.2`. */
const extensionOf = (path: string): string => /^\.[a-z]\w*$/i.exec(extname(path))?.[0].toLowerCase() ?? "";

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

/** What OUT means: a Keras file, a file of weights, or the folder of a checkpoint. */
export const outputOf = (path: string | undefined): Either<SvertkaError, Output | undefined> => {
  if (path === undefined) return E.right(undefined);
  const extension = extensionOf(path);
  const kind = extension === ".safetensors" ? "weights" : extension === ".keras" ? "keras" : undefined;
  if (kind !== undefined && !isFolder(path))
    return pipe(
      writable("--output", path),
      E.map((file) => ({ kind, path: file })),
    );
  if (extension !== "" && !isFolder(path))
    return fail(
      "Unsupported",
      "--output",
      `${path}: ${extension} files are not written yet: give a .keras or .safetensors file, or a folder (a checkpoint)`,
    );
  if (existsSync(path) && !isFolder(path))
    return fail("BadFile", "--output", `${path}: a file is in the way: give a folder, or a .safetensors file`);
  const folder = runFolder(path);
  return E.isLeft(folder)
    ? fail("BadFile", "--output", folder.left.message)
    : E.right({ kind: "checkpoint", path: folder.right.out });
};

export const historyFile = (path: string | undefined): Either<SvertkaError, string | undefined> =>
  path === undefined ? E.right(undefined) : writable("--history", path);

/** Whether the model can be written so: asked before training. */
export const outputProblem = (output: Output | undefined, model: Model<unknown, unknown>): Either<SvertkaError, void> =>
  output?.kind === "keras" ? E.map(() => undefined)(kerasLayers(model)) : E.right(undefined);

export interface OutputFacts {
  readonly trainer: Trainer;
  readonly model: Model<unknown, unknown>;
  readonly checkpoint: Omit<Checkpoint, "tensors">;
}

/** The model with its weights, weights alone, or everything that training carries as a checkpoint. */
export const writeOutput = (
  { kind, path }: Output,
  { trainer, model, checkpoint }: OutputFacts,
): TaskEither<SvertkaError, void> => {
  switch (kind) {
    case "checkpoint":
      return pipe(
        TE.fromTask(trainer.snapshot),
        TE.flatMap((tensors) => writeCheckpointFolder(path, { ...checkpoint, tensors })),
      );
    case "keras":
      return pipe(
        TE.fromTask(trainer.weights),
        TE.flatMap((weights) => writeKeras(model, weights)),
        TE.flatMap((bytes) => writeFile(path, bytes)),
      );
    case "weights":
      return pipe(
        TE.fromTask(trainer.weights),
        TE.map((weights) => encodeSafetensors([...weights].map(([name, array]) => ({ ...array, name })))),
        TE.flatMap((bytes) => writeFile(path, bytes)),
      );
  }
};

const writeFile = (path: string, content: Uint8Array | string): TaskEither<SvertkaError, void> =>
  pipe(
    makeDirectory(dirname(path)),
    TE.flatMap(() => writeAtomically(path, content)),
  );

/** One number an epoch under each name. */
export const writeHistoryFile = (path: string, history: History): TaskEither<SvertkaError, void> => {
  const columns = Object.entries(history).map(
    ([name, values]) => `  ${JSON.stringify(name)}: ${JSON.stringify(values)}`,
  );
  return writeFile(path, `{\n${columns.join(",\n")}\n}\n`);
};
