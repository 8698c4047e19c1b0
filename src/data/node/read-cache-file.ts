/** Reads a file of cached examples, of which nothing is believed before it is looked at. */
import { open, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Example } from "../dataset.js";
import { decodedExample } from "./cached-example.js";
import { ending, entryBytes, headBytes, magic, tailBytes, version, type Entry } from "./cache-file.js";

/** What is known of a file that was opened: where each example is. */
export interface CacheIndex {
  readonly count: number;
  readonly entry: (index: number) => Entry;
}

/** Why a file is not taken: there is none, it is not ours, or it is ours and of no use. */
export interface Refused {
  readonly why: "absent" | "foreign" | "outdated";
  readonly error: SvertkaError;
}

const refused = (why: Refused["why"], path: string, message: string): Either<Refused, never> =>
  E.left({ why, error: mistake("BadFile", path, `cache: ${message}`) });

const damage = "it is cut short or damaged: remove it, and it is written again";

const bytesAt = async (file: FileHandle, at: number, length: number): Promise<Uint8Array> => {
  const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
};

const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** Sizes that the file states are compared with its own before they are used. */
const indexOf = async (
  file: FileHandle,
  path: string,
  fingerprint: Uint8Array,
): Promise<Either<Refused, CacheIndex>> => {
  const { size } = await file.stat();
  const head = await bytesAt(file, 0, headBytes);
  if (textOf(head.subarray(0, 16)) !== magic)
    return refused("foreign", path, "this is no file of cached examples: give another path, or remove it");
  if (size < headBytes + tailBytes) return refused("outdated", path, damage);
  const found = new Uint32Array(head.buffer, 16, 1)[0] ?? 0;
  if (found !== version)
    return refused(
      "outdated",
      path,
      `its format is ${found}, this svertka reads ${version}: remove it, and it is written again`,
    );
  const tail = await bytesAt(file, size - tailBytes, tailBytes);
  const said = new DataView(tail.buffer);
  const [at, count] = [said.getFloat64(0, true), said.getFloat64(8, true)];
  const isWhole =
    textOf(tail.subarray(24)) === ending &&
    Number.isSafeInteger(count) &&
    count >= 0 &&
    at >= headBytes &&
    at + count * entryBytes + tailBytes === size;
  const index = isWhole ? await bytesAt(file, at, count * entryBytes) : undefined;
  if (index === undefined || crc32(index) !== said.getUint32(16, true)) return refused("outdated", path, damage);
  if (!head.subarray(24).every((byte, i) => byte === fingerprint[i]))
    return refused(
      "outdated",
      path,
      'it is of another pipeline or seed, or files have changed: remove it, give another path, or say changed: "rewrite"',
    );
  const entries = new DataView(index.buffer);
  const entry = (i: number): Entry => ({
    at: entries.getFloat64(i * entryBytes, true),
    length: entries.getUint32(i * entryBytes + 8, true),
    crc: entries.getUint32(i * entryBytes + 12, true),
  });
  for (let i = 0; i < count; i++) {
    const { at: from, length } = entry(i);
    if (length > 0 && !(Number.isSafeInteger(from) && from >= headBytes && from + length <= at))
      return refused("outdated", path, damage);
  }
  return E.right({ count, entry });
};

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";

/** The index of a file that holds examples of this fingerprint. */
export const openCache = async (path: string, fingerprint: Uint8Array): Promise<Either<Refused, CacheIndex>> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    if ((await file.stat()).isDirectory())
      return refused("foreign", path, "this is a folder: give the path of a file in it");
    return await indexOf(file, path, fingerprint);
  } catch (cause) {
    const code = codeOf(cause);
    return code === "ENOENT"
      ? refused("absent", path, "there is no such file")
      : code === "ENOTDIR"
        ? refused("foreign", path, "a part of the path is a file, not a folder: give another path")
        : refused("foreign", path, `the system says ${code}: check the path and who owns it`);
  } finally {
    await file?.close();
  }
};

/** Examples by number. */
export const readCached = async (
  path: string,
  { entry }: CacheIndex,
  indices: ArrayLike<number>,
): Promise<Either<SvertkaError, readonly (Example | undefined)[]>> => {
  const examples: (Example | undefined)[] = [];
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    for (const index of Array.from(indices)) {
      const { at, length, crc } = entry(index);
      const bytes = length === 0 ? undefined : await bytesAt(file, at, length);
      const example = bytes?.length === length && crc32(bytes) === crc ? decodedExample(bytes) : undefined;
      if (length > 0 && example === undefined)
        return fail("BadFile", path, `cache: example ${index} is damaged: remove the file, and it is written again`);
      examples.push(example);
    }
  } catch (cause) {
    return fail("BadFile", path, `cache: the system says ${codeOf(cause)}: check that the file is still there`);
  } finally {
    await file?.close();
  }
  return E.right(examples);
};
