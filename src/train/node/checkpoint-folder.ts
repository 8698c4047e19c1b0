/** A checkpoint as a folder: `weights.safetensors`, which holds everything, and `checkpoint.json`, the same for people. */
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SvertkaError } from "../../errors.js";
import { TE, pipe, type TaskEither } from "../../fp.js";
import { makeDirectory, readSafetensorsFile, writeAtomically } from "../../io/node.js";
import { checkpointChunks, checkpointOf, type Checkpoint } from "../checkpoint.js";

const weightsName = "weights.safetensors";
const pageName = "checkpoint.json";

/** Where the truth of a checkpoint folder lies: for error messages too. */
export const weightsFile = (folder: string): string => join(folder, weightsName);

export const hasCheckpoint = (folder: string): boolean => existsSync(weightsFile(folder));

export const readCheckpointFolder = (folder: string): TaskEither<SvertkaError, Checkpoint> =>
  pipe(
    readSafetensorsFile(weightsFile(folder)),
    TE.flatMapEither((file) => checkpointOf(file, weightsFile(folder))),
  );

/** Each file is written beside and renamed, the weights first: whenever the process is killed, they are whole, old or new. */
export const writeCheckpointFolder = (folder: string, checkpoint: Checkpoint): TaskEither<SvertkaError, void> => {
  const { weights, page } = checkpointChunks(checkpoint);
  return pipe(
    makeDirectory(folder),
    TE.flatMap(() => writeAtomically(weightsFile(folder), weights)),
    TE.flatMap(() => writeAtomically(join(folder, pageName), page)),
  );
};

/** What `writeAtomically` calls a file that it has not renamed yet; a run writes files of these kinds only. */
const leftBehind = /\.(?:safetensors|json|svg|png)\.tmp-[0-9a-f]{8}$/;

/** Removes what a killed process was about to rename. */
export const sweepFolder = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch((): string[] => []);
  // One that cannot be removed does no harm.
  for (const name of names) if (leftBehind.test(name)) await rm(join(folder, name)).catch(() => undefined);
};
