/** How an operation makes a data set from another: what it reads, and its place in the plan. */
import type { SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Batches, Dataset, Epoch, Example, ExampleBatch, Indexed, Plan, Source } from "../dataset.js";

/** How many operations lie behind a plan's end. */
export const depthOf = ({ of }: Plan): number => 1 + Math.max(0, ...of.map(depthOf));

/** An operation on other plans; options that are undefined are functions or arrays of this thread. */
export const planOf = (op: string, options: unknown, of: readonly Plan[]): Plan => ({
  op,
  options,
  of,
  portable: options !== undefined && of.every(({ portable }) => portable),
});

/** A data set that only this thread has. */
export const local = <X, Y>(op: string, source: Source<Example<X, Y>>): Dataset<X, Y> => ({
  kind: "dataset",
  count: source.count,
  source,
  plan: planOf(op, undefined, []),
});

interface Derived<E> {
  readonly op: string;
  /** Plain data by which the operation is made again; undefined for what only this thread has. */
  readonly options: unknown;
  readonly source: Source<E>;
}

/** A data set that reads from another. */
export const derived = <X, Y, X2, Y2>(
  from: Dataset<X, Y>,
  { op, options, source }: Derived<Example<X2, Y2>>,
): Dataset<X2, Y2> => ({
  kind: "dataset",
  count: source.count,
  source,
  plan: planOf(op, options, [from.plan]),
  reader: from.reader,
});

/** Batches that read from others, as many and as large. */
export const derivedBatches = <X, Y, X2, Y2>(
  from: Batches<X, Y>,
  { op, options, source }: Derived<ExampleBatch<X2, Y2>>,
): Batches<X2, Y2> => ({ ...from, source, plan: planOf(op, options, [from.plan]) });

/** What becomes of one value, by its number in the source. */
type Change<A, B> = (value: A, index: number, epoch: Epoch) => Either<SvertkaError, B>;

/** A reading with each of its values changed. */
export const readEach =
  <A, B>(read: Indexed<A>["read"], change: Change<A, B>): Indexed<B>["read"] =>
  async (indices, epoch) => {
    const values = await read(indices, epoch);
    if (E.isLeft(values)) return values;
    const changed: (B | undefined)[] = [];
    for (const [i, value] of values.right.entries()) {
      const next = value === undefined ? E.right(undefined) : change(value, indices[i] ?? 0, epoch);
      if (E.isLeft(next)) return next;
      changed.push(next.right);
    }
    return E.right(changed);
  };

/** A source with each of its values changed. */
export const eachOf = <A, B>(source: Source<A>, change: Change<A, B>): Source<B> =>
  source.kind === "indexed"
    ? { ...source, read: readEach(source.read, change) }
    : {
        ...source,
        open: async function* (epoch) {
          let index = 0;
          for await (const value of looped(source.open(epoch))) {
            const next = E.isLeft(value) ? value : change(value.right, index++, epoch);
            yield next;
            if (E.isLeft(next)) return;
          }
        },
      };

/** The same values under other numbers: `from(i)` says which, and in which epoch, stands at place `i`. */
export const renumbered = <A>(
  source: Indexed<A>,
  count: number,
  from: (epoch: Epoch) => (index: number) => number,
): Indexed<A> => ({
  kind: "indexed",
  count,
  read: (indices, epoch) => source.read(Array.from(indices, from(epoch)), epoch),
});

/** Values one after the other, those that are left out not among them. */
export async function* streamOf<A>(source: Source<A>, epoch: Epoch): AsyncGenerator<Either<SvertkaError, A>> {
  if (source.kind === "streamed") {
    yield* looped(source.open(epoch));
    return;
  }
  for (let i = 0; i < source.count; i++) {
    const read = await source.read([i], epoch);
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    const [value] = read.right;
    if (value !== undefined) yield E.right(value);
  }
}

/** An iterator as something that `for await` takes; leaving the loop ends the iterator. */
export const looped = <A>(iterator: AsyncIterator<A>): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => iterator,
});
