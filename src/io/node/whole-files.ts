/** Files under Node: read whole, written so that a reader sees the old file or the new one, never half of it. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mistake, SvertkaFailure, type SvertkaError } from "../../errors.js";
import { TE, type TaskEither } from "../../fp.js";

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
    // Thrown by what makes the content, which has its own sentence.
    if (cause instanceof SvertkaFailure) return cause.error;
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

/** Bytes, text, or pieces that are written one after the other, as they come. */
export type Content = Uint8Array | string | readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** Writes and flushes a new file. */
const writeFlushed = async (path: string, content: Content): Promise<void> => {
  const file = await open(path, "wx");
  try {
    // Each goes on where the one before has ended.
    const isOne = typeof content === "string" || content instanceof Uint8Array;
    for await (const piece of isOne ? [content] : content) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
};

/**
 * Writes beside the target, flushes, renames over it; whatever fails, the old file stays and the temporary one goes.
 * A random part keeps two writers of one path, and what a killed process left, out of each other's way.
 */
export const writeAtomically = (path: string, content: Content): TaskEither<SvertkaError, void> =>
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

/** What is being written changes all the time; milliseconds. */
const abandonedAfter = 3_600_000;

/** Removes what killed processes left of this file beside it, an hour ago or more: one that another process writes is younger. */
export const sweepAbandoned = async (path: string): Promise<void> => {
  const folder = dirname(path);
  const start = `${basename(path)}.tmp-`;
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((one) => one.startsWith(start) && /^[0-9a-f]{8}$/.test(one.slice(start.length)))) {
    const left = join(folder, name);
    const changed = await stat(left).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    // One that cannot be removed does no harm.
    if (Date.now() - changed >= abandonedAfter) await rm(left).catch(() => undefined);
  }
};

/** A folder in a file's place is not moved aside. */
const refuseFolder = async (path: string): Promise<void> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
};

export interface FileContent {
  readonly path: string;
  /** A function makes it when it is written, so that many files are not in memory at once. */
  readonly content: Content | (() => Uint8Array);
}

/**
 * Writes files that belong together: all of them are new afterwards, or all are as they were. All are written beside their
 * targets first, so that what can fail has failed before the first one is replaced.
 */
export const writeTogether = (files: readonly FileContent[]): TaskEither<SvertkaError, void> => {
  const mark = randomUUID().slice(0, 8);
  const temporary = ({ path }: FileContent): string => `${path}.tmp-${mark}`;
  const former = ({ path }: FileContent): string => `${path}.old-${mark}`;
  let current = files[0]?.path ?? "";
  const quietly = (done: Promise<void>): Promise<void> => done.catch(() => undefined);
  return TE.tryCatch(
    async () => {
      const replaced: FileContent[] = [];
      try {
        for (const file of files) {
          current = file.path;
          await refuseFolder(file.path);
          const { content } = file;
          await writeFlushed(temporary(file), typeof content === "function" ? content() : content);
        }
        for (const file of files) {
          current = file.path;
          // A file that is not there yet has no former one.
          await rename(file.path, former(file)).catch((cause: unknown) => {
            if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
          });
          replaced.push(file);
          await rename(temporary(file), file.path);
        }
        for (const file of files) await quietly(rm(former(file), { force: true }));
      } catch (cause) {
        for (const file of replaced) {
          await quietly(rm(file.path, { force: true }));
          await quietly(rename(former(file), file.path));
        }
        for (const file of files) await quietly(rm(temporary(file), { force: true }));
        throw cause;
      }
    },
    (cause) => toMistake("cannot write", current)(cause),
  );
};

/** Makes a folder and those above it; one that is there already is fine. */
export const makeDirectory = (path: string): TaskEither<SvertkaError, void> =>
  TE.tryCatch(() => mkdir(path, { recursive: true }).then(() => undefined), toMistake("cannot make the folder", path));
