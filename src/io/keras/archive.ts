/**
 * The zip around a Keras file. The central directory is read here, because fflate looks neither at bounds nor at checksums;
 * it inflates what is deflated (Keras stores). Sizes are judged before memory is taken.
 *
 * Source  PKWARE APPNOTE 6.3.10 §4.3; Python's zipfile, which Keras writes with.
 */
import { inflateSync, zipSync } from "fflate";
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

export type Archive = ReadonlyMap<string, () => Either<SvertkaError, Uint8Array>>;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const mostEntries = 10_000;
/** Deflate makes at most 1032 bytes of one; what claims more is no honest file. */
const mostExpansion = 1032;
const mostBytes = 2 ** 31;

const endMark = 0x06_05_4b_50;
const entryMark = 0x02_01_4b_50;
const localMark = 0x04_03_4b_50;

const damaged = (where: string, rule: string): Either<SvertkaError, never> =>
  fail("BadFile", where, `Keras file: ${rule}: the file is cut short or damaged`);

/** The last place where the directory's end can begin: it is 22 bytes and a comment. */
const endOf = (view: DataView): number | undefined => {
  const first = Math.max(0, view.byteLength - 22 - 0xff_ff);
  for (let at = view.byteLength - 22; at >= first; at--) if (view.getUint32(at, true) === endMark) return at;
  return undefined;
};

const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

const readEntries = (bytes: Uint8Array, where: string): Either<SvertkaError, readonly Entry[]> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== localMark)
    return fail("BadFile", where, "Keras file: it is no zip archive: give a .keras file that Keras 3 wrote");
  const end = endOf(view);
  if (end === undefined) return damaged(where, "the zip archive has no directory");
  const [count, length, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (start === 0xff_ff_ff_ff || count === 0xff_ff)
    return fail("Unsupported", where, "Keras file: zip64 archives are not supported: save a model below 4 GB");
  if (count > mostEntries)
    return damaged(where, `the zip archive has ${count} entries, at most ${mostEntries} are read`);
  if (start + length > end) return damaged(where, "the directory of the zip archive lies outside it");
  const entries: Entry[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== entryMark)
      return damaged(where, "its directory has a wrong entry");
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      name: utf8.decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return E.right(entries);
};

const checksums: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xed_b8_83_20 : sum >>> 1;
  return sum;
});

/** CRC-32 of ISO 3309. */
const checksumOf = (bytes: Uint8Array): number => {
  let sum = 0xff_ff_ff_ff;
  for (const byte of bytes) sum = (checksums[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xff_ff_ff_ff) >>> 0;
};

const contentOf = (bytes: Uint8Array, entry: Entry, where: string): Either<SvertkaError, Uint8Array> => {
  const { method, packed, size, offset, checksum } = entry;
  const name = entry.name.slice(0, 40);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== localMark)
    return damaged(where, `${name} is not where the directory says`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) return damaged(where, `${name} reaches beyond the end of the file`);
  if (size > mostBytes || size > packed * mostExpansion || (method === 0 && size !== packed))
    return damaged(where, `${name} claims ${size} bytes in ${packed}`);
  if (method !== 0 && method !== 8)
    return fail(
      "Unsupported",
      where,
      `Keras file: ${name} is compressed by method ${method}, not by deflate: save it again`,
    );
  const data = bytes.subarray(start, start + packed);
  try {
    const content = method === 0 ? data : inflateSync(data, { out: new Uint8Array(size) });
    return content.length === size && checksumOf(content) === checksum
      ? E.right(content)
      : damaged(where, `${name} is not what was written`);
  } catch {
    return damaged(where, `${name} cannot be decompressed`);
  }
};

/** The entries of an archive by name, each read when it is asked for; names are keys, never paths of files. */
export const readArchive = (bytes: Uint8Array, where: string): Either<SvertkaError, Archive> => {
  const entries = readEntries(bytes, where);
  if (E.isLeft(entries)) return entries;
  const archive = new Map(entries.right.map((entry) => [entry.name, () => contentOf(bytes, entry, where)]));
  return archive.size === entries.right.length
    ? E.right(archive)
    : E.left(mistake("BadFile", where, "Keras file: two entries have one name: the file is damaged"));
};

/** An archive as Keras writes it: stored, not deflated; the same bytes for the same content. */
export const writeArchive = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1) });
