/** How an operation makes a data set from another: what it reads, and its place in the plan. */
import type { SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Batches, Dataset, Epoch, Example, OpenBatches, Plan, Source, ExampleBatch } from "../dataset.js";

/** How many operations lie behind a plan's end. */
export const depthOf = ({ of }: Plan): number => 1 + Math.max(0, ...of.map(depthOf));

/** An operation on other plans; options that are undefined are functions of this thread. */
export const planOf = (op: string, options: unknown, of: readonly Plan[]): Plan => ({
  op,
  options,
  of,
  portable: options !== undefined && of.every(({ portable }) => portable),
});

/** The plan of a source that only this thread has. */
export const localPlan = (op: string): Plan => planOf(op, undefined, []);

interface Derived<X, Y> {
  readonly op: string;
  /** Plain data by which the operation is made again; undefined for what only this thread has. */
  readonly options: unknown;
  readonly source: Source<Example<X, Y>>;
}

/** A data set that reads from another. */
export const derived = <X, Y, X2, Y2>(
  from: Dataset<X, Y>,
  { op, options, source }: Derived<X2, Y2>,
): Dataset<X2, Y2> => ({
  kind: "dataset",
  count: source.count,
  source,
  plan: planOf(op, options, [from.plan]),
  reader: from.reader,
});

interface DerivedBatches<X, Y> {
  readonly op: string;
  readonly options: unknown;
  readonly open: OpenBatches<ExampleBatch<X, Y>>;
}

/** Batches that read from others, as many and as large. */
export const derivedBatches = <X, Y, X2, Y2>(
  from: Batches<X, Y>,
  { op, options, open }: DerivedBatches<X2, Y2>,
): Batches<X2, Y2> => ({ ...from, open, plan: planOf(op, options, [from.plan]) });

/** What becomes of one example, by its number in the source. */
type Change<A, B> = (value: A, index: number, epoch: Epoch) => Either<SvertkaError, B>;

/** A source with each of its examples changed. */
export const eachOf = <A, B>(source: Source<A>, change: Change<A, B>): Source<B> =>
  source.kind === "indexed"
    ? {
        ...source,
        read: async (indices, epoch) => {
          const read = await source.read(indices, epoch);
          if (E.isLeft(read)) return read;
          const changed: (B | undefined)[] = [];
          for (const [i, value] of read.right.entries()) {
            const next = value === undefined ? E.right(undefined) : change(value, indices[i] ?? 0, epoch);
            if (E.isLeft(next)) return next;
            changed.push(next.right);
          }
          return E.right(changed);
        },
      }
    : {
        ...source,
        open: async function* (epoch) {
          let index = 0;
          for await (const value of iterate(source.open(epoch))) {
            const next = E.isLeft(value) ? value : change(value.right, index++, epoch);
            yield next;
            if (E.isLeft(next)) return;
          }
        },
      };

/** An iterator as something that `for await` takes; leaving the loop ends the iterator. */
export const iterate = <A>(iterator: AsyncIterator<A>): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => iterator,
});
