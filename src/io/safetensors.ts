/**
 * safetensors: named tensors in one file that can do no harm. Eight bytes of header length (little-endian), the header
 * as JSON, padded with spaces so that the data begins at a multiple of 8, and the data.
 *
 * Source  huggingface/safetensors, README "Format", and its Rust reader, whose checks are made here too.
 */
import { fail, invariant, mistake, type SvertkaError } from "../errors.js";
import { readElements, type ElementFormat } from "../data/elements.js";
import type { Dtype, NdArray } from "../data/nd-array.js";
import { E, pipe, type Either } from "../fp.js";
import { joined } from "./joined.js";
import { readHeader, type Entry } from "./safetensors-header.js";

export type NamedTensor = NdArray & { readonly name: string };

export type Safetensors = {
  /** In the order of their data. */
  readonly tensors: readonly NamedTensor[];
  /** Without a prototype. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The reference reader's bound on the header, in bytes. */
const LARGEST_HEADER = 100_000_000;

const nameOf: Readonly<Record<Dtype, string>> = { f32: "F32", i32: "I32", u8: "U8" };

const bytesFrom = ({ data }: NdArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Wider elements first, as in the reference writer: then all are aligned. The order is otherwise kept. */
const inFileOrder = (tensors: readonly NamedTensor[]): readonly NamedTensor[] =>
  tensors.toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);

const toJson = (tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>>): string => {
  const names = new Set(["__metadata__"]);
  const fields = Object.keys(metadata).length === 0 ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let start = 0;
  for (const { name, dtype, shape, data } of tensors) {
    invariant(!names.has(name), `a safetensors file holds the name "${name}" twice`);
    names.add(name);
    const end = start + data.byteLength;
    // Field by field: as an object's keys, `__proto__` would be lost and numbers would be moved to the front.
    fields.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: nameOf[dtype], shape, data_offsets: [start, end] })}`,
    );
    start = end;
  }
  return `{${fields.join(",")}}`;
};

/** The file in pieces, those of the data being the tensors' own bytes, so that a large file is not in memory twice. */
export const safetensorsChunks = (
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] => {
  const ordered = inFileOrder(tensors);
  const json = new TextEncoder().encode(toJson(ordered, metadata));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + headerLength);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerLength), true);
  header.fill(0x20, 8).set(json, 8);
  return [header, ...ordered.map(bytesFrom)];
};

/** The file's bytes. Names are unique and not `__metadata__`: anything else is our bug. Assumes a little-endian machine. */
export const encodeSafetensors = (
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => joined(safetensorsChunks(tensors, metadata));

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The header's text and the bytes behind it. */
const split = (
  bytes: Uint8Array,
  where: string,
): Either<SvertkaError, { readonly json: string; readonly body: Uint8Array }> => {
  if (bytes.length < 8)
    return fail("BadFile", where, `safetensors: ${bytes.length} bytes, at least 8 are needed: the file is cut short`);
  const stated = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (stated > BigInt(LARGEST_HEADER))
    return fail(
      "BadFile",
      where,
      `safetensors: a header of ${stated} bytes, at most ${LARGEST_HEADER} are allowed: this is no safetensors file`,
    );
  const end = 8 + Number(stated);
  if (end > bytes.length)
    return fail(
      "BadFile",
      where,
      `safetensors: a header of ${stated} bytes in a file of ${bytes.length}: the file is cut short`,
    );
  const damaged = mistake("BadFile", where, "safetensors: the header is no UTF-8: the file is damaged");
  return E.tryCatch(
    () => ({ json: utf8.decode(bytes.subarray(8, end)), body: bytes.subarray(end) }),
    () => damaged,
  );
};

export interface SafetensorsReading {
  readonly where: string;
  /** Tensors of types that svertka has not. */
  readonly foreign?: "refuse" | "leaveOut";
  /** Whether tensors may be views of the bytes, which nobody else has. */
  readonly share?: boolean;
}

const toTensor = (
  { format, ...entry }: Entry,
  body: Uint8Array,
  reading: SafetensorsReading,
): readonly Either<SvertkaError, NamedTensor>[] =>
  format === undefined ? [] : [read({ ...entry, format }, body, reading)];

const read = (
  entry: Entry & { readonly format: ElementFormat },
  body: Uint8Array,
  { where, share }: SafetensorsReading,
): Either<SvertkaError, NamedTensor> =>
  pipe(
    readElements({ ...entry, littleEndian: true, bytes: body.subarray(entry.start, entry.end), where, share }),
    E.map((array) => ({ ...array, name: entry.name })),
  );

/**
 * The tensors and metadata of a file; everything that it states is checked before it is used. Tensors of 64-bit numbers,
 * truth values and 8-bit floats are refused, or left out where `foreign` says so.
 */
export const decodeSafetensors = (
  bytes: Uint8Array,
  where: string,
  foreign: "refuse" | "leaveOut" = "refuse",
): Either<SvertkaError, Safetensors> => readSafetensors(bytes, { where, foreign });

/** See {@link decodeSafetensors}. */
export const readSafetensors = (bytes: Uint8Array, reading: SafetensorsReading): Either<SvertkaError, Safetensors> =>
  pipe(
    split(bytes, reading.where),
    E.chain(({ json, body }) =>
      pipe(
        readHeader(json, body.length, { where: reading.where, foreign: reading.foreign ?? "refuse" }),
        E.chain(({ entries, metadata }) =>
          pipe(
            entries.flatMap((entry) => toTensor(entry, body, reading)),
            E.sequenceArray,
            E.map((tensors) => ({ tensors, metadata })),
          ),
        ),
      ),
    ),
  );
