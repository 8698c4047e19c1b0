/** Keeps what was read: a second epoch does not read or decode again. */
import { E } from "../../fp.js";
import type { Dataset, Epoch, Indexed, Source } from "../dataset.js";
import { derived, looped } from "./derive.js";

/** What is kept is that of the first epoch, whichever is read first: a training that resumes sees the same. */
export const firstEpoch = ({ seed }: Epoch): Epoch => ({ seed, epoch: 0 });

/**
 * Keeps the examples in memory as they are read. What is drawn at random before it stays as it was drawn first: augment after it.
 *
 * Memory  all examples: 4 bytes a number, 4 n h w c for pictures.
 *
 * @example
 * const fast = pipe(pictures, cache(), map(augment))
 */
export const cache =
  () =>
  <X, Y>(dataset: Dataset<X, Y>): Dataset<X, Y> => {
    const { reader, plan } = dataset;
    const source =
      dataset.source.kind === "indexed"
        ? keptByNumber(reader?.elsewhere?.(dataset.source, plan) ?? dataset.source)
        : keptStream(dataset.source);
    // What is kept is kept in this thread.
    return derived(dataset, { op: "cache", options: undefined, source });
  };

const keptByNumber = <A>(source: Indexed<A>): Indexed<A> => {
  /** By seed, since a source may draw from it. */
  const kept = new Map<number, Map<number, A | undefined>>();
  return {
    ...source,
    read: async (indices, epoch) => {
      const known = kept.get(epoch.seed) ?? new Map<number, A | undefined>();
      kept.set(epoch.seed, known);
      const missing = [...new Set(Array.from(indices))].filter((index) => !known.has(index));
      if (missing.length > 0) {
        const read = await source.read(missing, firstEpoch(epoch));
        if (E.isLeft(read)) return read;
        for (const [i, value] of read.right.entries()) known.set(missing[i] ?? 0, value);
      }
      return E.right(Array.from(indices, (index) => known.get(index)));
    },
  };
};

const keptStream = <A>(source: Extract<Source<A>, { kind: "streamed" }>): Extract<Source<A>, { kind: "streamed" }> => {
  const kept = new Map<number, readonly A[]>();
  return {
    ...source,
    open: async function* (epoch) {
      const known = kept.get(epoch.seed);
      if (known !== undefined) {
        for (const value of known) yield E.right(value);
        return;
      }
      const all: A[] = [];
      for await (const value of looped(source.open(firstEpoch(epoch)))) {
        yield value;
        if (E.isLeft(value)) return;
        all.push(value.right);
      }
      // Only what was read to its end is whole.
      kept.set(epoch.seed, all);
    },
  };
};
