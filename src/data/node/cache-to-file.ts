/** Keeps what was read on the disk: the next run does not read or decode again. */
import { dirname } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either, type TaskEither } from "../../fp.js";
import { makeDirectory, sweepAbandoned, writeAtomically } from "../../io/node/whole-files.js";
import type { Dataset, Epoch, Example } from "../dataset.js";
import { compared } from "./cache-comparison.js";
import { cachePieces } from "./cache-file.js";
import { fingerprintOf } from "./cache-fingerprint.js";
import { examplesOf, passing } from "./read-through.js";
import { openCache, readCached, type CacheIndex } from "./read-cache-file.js";

export interface CacheFileOptions {
  /** What is drawn at random before the cache is drawn by it: 0 when not given. */
  readonly seed?: number | undefined;
  /**
   * What becomes of a file of another pipeline, seed or state of the pictures, or of a damaged one: `"refuse"`, an error, when
   * not given. A file that is no cache is never written over.
   */
  readonly changed?: "refuse" | "rewrite" | undefined;
  /**
   * A word of yours for the functions and arrays before the cache: change it when they change. Without one, the first, the
   * middle and the last example (of a stream the first) are read again and compared with the file.
   */
  readonly version?: string | undefined;
  /** Hears how many examples are written, of how many where that is known. */
  readonly onProgress?: ((written: number, count: number | undefined) => void) | undefined;
}

/**
 * Writes all examples into a file, once, and reads them from it in any order: in later runs, too. What is drawn at random
 * before it stays as it was drawn first: augment after it. The file appears when it is whole.
 *
 * Memory  16 bytes an example; the disk holds 4 bytes a number, 4 n h w c for pictures.
 * Errors  what the source says; no room; a file that is foreign, damaged, or of another pipeline; data without an end.
 *
 * @example
 * const fast = await orReject(cacheToFile("cars.examples")(pictures))
 * const batches = pipe(fast, shuffle(), map(augment), batch(32))
 */
export const cacheToFile =
  (path: string, options: CacheFileOptions = {}) =>
  <X, Y>(dataset: Dataset<X, Y>): TaskEither<SvertkaError, Dataset<X, Y>> =>
  async () => {
    const { seed = 0, version, onProgress } = options;
    if (dataset.count === Infinity)
      return fail("BadData", path, "cache: the data have no end: take(n) of them before the cache");
    // Sound: X and Y are values; types do not bound them, so that functions of users need not say so.
    const source = dataset as unknown as Dataset;
    const epoch: Epoch = { seed, epoch: 0 };
    const fingerprint = await fingerprintOf({ plan: dataset.plan, count: dataset.count, seed, version });
    const known = await openCache(path, fingerprint);
    const usable =
      E.isRight(known) && version === undefined ? await compared(source, known.right, { path, epoch }) : known;
    if (E.isRight(usable)) return E.right(cachedDataset(dataset, path, usable.right));
    const { why, error } = usable.left;
    if (why === "foreign" || (why === "outdated" && options.changed !== "rewrite")) return E.left(error);
    const made = await makeDirectory(dirname(path))();
    if (E.isLeft(made)) return made;
    await sweepAbandoned(path);
    const counted = passing(examplesOf(source, epoch), (written) => onProgress?.(written, dataset.count));
    const written = await writeAtomically(path, cachePieces(counted, { path, fingerprint }))();
    if (E.isLeft(written)) return written;
    const index = await openCache(path, fingerprint);
    return E.isLeft(index) ? E.left(index.left.error) : E.right(cachedDataset(dataset, path, index.right));
  };

const cachedDataset = <X, Y>({ plan, reader }: Dataset<X, Y>, path: string, index: CacheIndex): Dataset<X, Y> => ({
  kind: "dataset",
  count: index.count,
  source: {
    kind: "indexed",
    count: index.count,
    // Sound: what was written were examples of X and Y, which the fingerprint says.
    read: async (indices) =>
      (await readCached(path, index, indices)) as Either<SvertkaError, readonly (Example<X, Y> | undefined)[]>,
  },
  // The same examples, so that steps behind it draw what they drew without it; read in this thread.
  plan: { ...plan, portable: false },
  reader,
});
