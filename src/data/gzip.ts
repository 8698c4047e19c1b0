/** Unpacks gzip, which IDX files usually come in, without trusting the sizes that it states. */
import { invariant, mistake, type SvertkaError } from "../errors.js";
import { TE, type TaskEither } from "../fp.js";

/** The most that a packed file may unpack to, in bytes: a guard against files made to fill the memory. */
export const LARGEST_UNPACKED = 512 * 1024 * 1024;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const joined = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
};

class TooLarge extends Error {}

/** Reads until the end or the limit, so that no more than the limit and one chunk is ever held. */
const unpack = async (bytes: Uint8Array, limit: number): Promise<Uint8Array> => {
  // A copy in a buffer of its own: a stream does not take a view on shared memory.
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader(); // Safari's streams are not iterable
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk: unknown = (await reader.read()).value;
    if (chunk === undefined) break;
    invariant(chunk instanceof Uint8Array, "a decompression stream gives bytes");
    size += chunk.length;
    if (size > limit) {
      await reader.cancel();
      throw new TooLarge();
    }
    chunks.push(chunk);
  }
  return joined(chunks, size);
};

/** The bytes themselves, or what they hold if they are gzip; a damaged or far too large file is BadFile. */
export const gunzipIfNeeded = (
  bytes: Uint8Array,
  where: string,
  limit: number = LARGEST_UNPACKED,
): TaskEither<SvertkaError, Uint8Array> =>
  isGzip(bytes)
    ? TE.tryCatch(
        () => unpack(bytes, limit),
        (cause) =>
          mistake(
            "BadFile",
            where,
            cause instanceof TooLarge
              ? `gzip: unpacks to more than ${limit} bytes: is this the right file?`
              : `gzip: the ${bytes.length} bytes are damaged or cut short: copy or download the file again`,
          ),
      )
    : TE.right(bytes);
