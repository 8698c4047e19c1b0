/** Whether a file still holds what the source gives: a few examples are read again. */
import { crc32 } from "node:zlib";
import { mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Dataset, Epoch, Example } from "../dataset.js";
import { encodedExample } from "./cached-example.js";
import type { Entry } from "./cache-file.js";
import type { CacheIndex, Refused } from "./read-cache-file.js";

/** Whether an example is still the one that the file holds. */
const isCached = (example: Example | undefined, { length, crc }: Entry): boolean => {
  if (example === undefined) return length === 0;
  const bytes = encodedExample(example, "");
  return E.isRight(bytes) && bytes.right.length === length && crc32(bytes.right) === crc;
};

interface Reading {
  readonly path: string;
  readonly epoch: Epoch;
}

/** The index, where the examples that are looked at are still the file's. */
export const compared = async (
  { source }: Dataset,
  index: CacheIndex,
  { path, epoch }: Reading,
): Promise<Either<Refused, CacheIndex>> => {
  const differing = (at: number): Either<Refused, never> =>
    E.left({
      why: "outdated",
      error: mistake(
        "BadFile",
        path,
        `cache: example ${at} is another now than in the file: remove it, say changed: "rewrite", or give a version if it may differ`,
      ),
    });
  const unread = (error: SvertkaError): Either<Refused, never> => E.left({ why: "foreign", error });
  if (source.kind === "streamed") {
    const values = source.open(epoch);
    const first = await values.next();
    await values.return?.(undefined);
    if (first.done === true) return index.count === 0 ? E.right(index) : differing(0);
    if (E.isLeft(first.value)) return unread(first.value.left);
    return index.count > 0 && isCached(first.value.right, index.entry(0)) ? E.right(index) : differing(0);
  }
  if (index.count !== source.count) return differing(Math.min(index.count, source.count));
  const places = index.count === 0 ? [] : [...new Set([0, Math.floor(index.count / 2), index.count - 1])];
  const read = await source.read(places, epoch);
  if (E.isLeft(read)) return unread(read.left);
  const changed = places.find((at, i) => !isCached(read.right[i], index.entry(at)));
  return changed === undefined ? E.right(index) : differing(changed);
};
