/** Files under Node: read whole, written so that a reader sees the old file or the new one, never half of it. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { mistake, type SvertkaError } from "../errors.js";
import { TE, type TaskEither } from "../fp.js";

/** What the system's error codes mean and what to do, in one half-sentence each. */
const remedies: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file or folder: check the path"],
  ["EACCES", "permission denied: check who owns it"],
  ["EPERM", "not permitted: check who owns it"],
  ["EISDIR", "this is a folder: give the path of a file"],
  ["ENOTDIR", "a part of the path is a file, not a folder: check the path"],
  ["EEXIST", "a file is in the way: remove it or choose another path"],
  ["ENOSPC", "the disk is full: make room and try again"],
  ["EDQUOT", "the disk quota is used up: make room and try again"],
  ["EROFS", "the disk is read-only: choose another path"],
  ["EMFILE", "too many open files: raise the limit (ulimit -n)"],
  ["ENAMETOOLONG", "the name is too long: choose a shorter one"],
  ["ERR_FS_FILE_TOO_LARGE", "the file is larger than 2 GiB: split it"],
]);

const toMistake =
  (doing: string, path: string) =>
  (cause: unknown): SvertkaError => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    return mistake(
      "BadFile",
      path,
      `${doing}: ${remedies.get(code) ?? `the system says ${code}: check the path and the disk`}`,
    );
  };

/** The whole file. */
export const readBytes = (path: string): TaskEither<SvertkaError, Uint8Array> =>
  TE.tryCatch(() => readFile(path), toMistake("cannot read", path));

/** The whole file as UTF-8 text. */
export const readText = (path: string): TaskEither<SvertkaError, string> =>
  TE.tryCatch(() => readFile(path, "utf8"), toMistake("cannot read", path));

/** Writes and flushes a new file. */
const writeFlushed = async (path: string, content: Uint8Array | string): Promise<void> => {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

/**
 * Writes beside the target, flushes, renames over it; whatever fails, the old file stays and the temporary one goes.
 * A random part keeps two writers of one path, and what a killed process left, out of each other's way.
 */
export const writeAtomically = (path: string, content: Uint8Array | string): TaskEither<SvertkaError, void> =>
  TE.tryCatch(
    async () => {
      const temporary = `${path}.tmp-${randomUUID().slice(0, 8)}`;
      try {
        await writeFlushed(temporary, content);
        await rename(temporary, path);
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to tell
        throw cause;
      }
    },
    toMistake("cannot write", path),
  );

/** Makes a folder and those above it; one that is there already is fine. */
export const makeDirectory = (path: string): TaskEither<SvertkaError, void> =>
  TE.tryCatch(() => mkdir(path, { recursive: true }).then(() => undefined), toMistake("cannot make the folder", path));
