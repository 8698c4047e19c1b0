/**
 * The file of cached examples: a head, examples, an index of them, and a tail that says where the index is, so that examples
 * are written as they come and read in any order.
 *
 *     head     "svertka examples" (16 bytes), version u32, 0 u32, fingerprint (32 bytes)
 *     examples see cached-example.ts
 *     index    an example: place f64, length u32, CRC-32 u32; length 0 for one that was left out
 *     tail     place of the index f64, examples f64, CRC-32 of the index u32, 0 u32, "complete" (8 bytes)
 */
import { crc32 } from "node:zlib";
import { orThrow, type SvertkaError } from "../../errors.js";
import type { Either } from "../../fp.js";
import type { Example } from "../dataset.js";
import { encodedExample } from "./cached-example.js";

export const magic = "svertka examples";
export const ending = "complete";
export const version = 1;
export const headBytes = 56;
export const entryBytes = 16;
export const tailBytes = 32;

/** Where an example is. */
export interface Entry {
  readonly at: number;
  readonly length: number;
  readonly crc: number;
}

const headOf = (fingerprint: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(headBytes);
  bytes.set(new TextEncoder().encode(magic));
  // In this machine's byte order, as the numbers are: a machine of the other order reads another version.
  new Uint32Array(bytes.buffer)[4] = version;
  bytes.set(fingerprint, 24);
  return bytes;
};

/** The whole file, piece by piece; what the examples say is wrong is thrown. */
export async function* cachePieces(
  examples: AsyncIterable<Either<SvertkaError, Example | undefined>>,
  { path, fingerprint }: { readonly path: string; readonly fingerprint: Uint8Array },
): AsyncGenerator<Uint8Array> {
  yield headOf(fingerprint);
  const entries: Entry[] = [];
  let at = headBytes;
  for await (const example of examples) {
    const value = orThrow(example);
    if (value === undefined) entries.push({ at: 0, length: 0, crc: 0 });
    else {
      const bytes = orThrow(encodedExample(value, path));
      entries.push({ at, length: bytes.length, crc: crc32(bytes) });
      at += bytes.length;
      yield bytes;
    }
  }
  const index = new DataView(new ArrayBuffer(entries.length * entryBytes));
  for (const [i, entry] of entries.entries()) {
    index.setFloat64(i * entryBytes, entry.at, true);
    index.setUint32(i * entryBytes + 8, entry.length, true);
    index.setUint32(i * entryBytes + 12, entry.crc, true);
  }
  const indexed = new Uint8Array(index.buffer);
  yield indexed;
  const tail = new DataView(new ArrayBuffer(tailBytes));
  tail.setFloat64(0, at, true);
  tail.setFloat64(8, entries.length, true);
  tail.setUint32(16, crc32(indexed), true);
  const last = new Uint8Array(tail.buffer);
  last.set(new TextEncoder().encode(ending), 24);
  yield last;
}
