/** Reading a data set from any place on, ahead of time where its reader says so. */
import { fail, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either, type TaskEither } from "../../fp.js";
import type { AnyDataset, Batches, Dataset, Epoch, Example, ExampleBatch, Indexed, Streamed } from "../dataset.js";
import { joined, rowsIn } from "../stack.js";
import { batch } from "./batch.js";
import { looped } from "./derive.js";

export interface PrefetchOptions {
  /** How many batches (or examples) are read before they are asked for; 2 when not given. */
  readonly ahead?: number | undefined;
}

/**
 * Reads ahead in this thread: files are waited for while a training step runs. Decoding and maps go to other threads by
 * `prefetchInWorkers` of `svertka/data/node`.
 */
export const prefetch =
  ({ ahead = 2 }: PrefetchOptions = {}) =>
  <D extends AnyDataset<unknown, unknown>>(dataset: D): D => ({ ...dataset, reader: { ...dataset.reader, ahead } });

type Values<A> = AsyncGenerator<Either<SvertkaError, A>>;

/** Batches one after the other, from number `from` on; after a failure nothing more comes. */
export const openBatches = <X, Y>(batches: Batches<X, Y>, epoch: Epoch, from = 0): Values<ExampleBatch<X, Y>> =>
  open(batches, epoch, from);

const open = <A>(
  { source, plan, reader }: Pick<Batches, "plan" | "reader"> & { readonly source: Indexed<A> | Streamed<A> },
  epoch: Epoch,
  from: number,
): Values<A> => {
  if (source.kind === "streamed") return streamed(source, epoch, { from, ahead: reader?.ahead ?? 0 });
  return indexed(reader?.elsewhere?.(source, plan) ?? source, epoch, { from, ahead: reader?.ahead ?? 0 });
};

interface Part {
  readonly from: number;
  readonly ahead: number;
}

async function* indexed<A>(source: Indexed<A>, epoch: Epoch, { from, ahead }: Part): Values<A> {
  const begun: ReturnType<Indexed<A>["read"]>[] = [];
  let next = from;
  const begin = (): void => {
    if (next < source.count) begun.push(source.read([next++], epoch));
  };
  for (let i = 0; i < ahead; i++) begin();
  for (;;) {
    // Before the value is given: it is read while its reader is at work.
    begin();
    const read = await begun.shift();
    if (read === undefined) return;
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    const [value] = read.right;
    if (value !== undefined) yield E.right(value);
  }
}

async function* streamed<A>(source: Streamed<A>, epoch: Epoch, { from, ahead }: Part): Values<A> {
  const values = source.open(epoch);
  try {
    for (let passed = 0; passed < from; passed++) {
      const next = await values.next();
      if (next.done === true) return;
      if (E.isLeft(next.value)) {
        yield next.value;
        return;
      }
    }
    // A generator answers in the order in which it is asked.
    const asked = Array.from({ length: ahead }, () => values.next());
    for (;;) {
      asked.push(values.next());
      const next = await asked.shift();
      if (next === undefined || next.done === true) return;
      yield next.value;
      if (E.isLeft(next.value)) return;
    }
  } finally {
    await values.return?.(undefined);
  }
}

/** In batches, if it is not yet. */
export const asBatches = <X, Y>(data: AnyDataset<X, Y>, batchSize: number): Batches<X, Y> =>
  data.kind === "batches" ? data : batch(batchSize)(data);

export interface ReadingOptions {
  /** 0 when not given. */
  readonly seed?: number | undefined;
  /** 0 when not given. */
  readonly epoch?: number | undefined;
}

/**
 * For loops of one's own: the examples, or the batches, of one epoch. What cannot be read is thrown as a `SvertkaFailure`.
 *
 * @example
 * for await (const { x, y } of elements(batches, { epoch: 0 })) await orReject(running.step({ x, y }))
 */
export function elements<X, Y>(data: Batches<X, Y>, reading?: ReadingOptions): AsyncGenerator<ExampleBatch<X, Y>>;
export function elements<X, Y>(data: Dataset<X, Y>, reading?: ReadingOptions): AsyncGenerator<Example<X, Y>>;
export async function* elements<X, Y>(
  data: AnyDataset<X, Y>,
  { seed = 0, epoch = 0 }: ReadingOptions = {},
): AsyncGenerator<Example<X, Y> | ExampleBatch<X, Y>> {
  const values: Values<Example<X, Y> | ExampleBatch<X, Y>> =
    data.kind === "dataset"
      ? open({ ...data, source: data.source }, { seed, epoch }, 0)
      : openBatches(data, { seed, epoch });
  for await (const value of looped(values)) yield orThrow(value);
}

/**
 * The first `count` examples as arrays, or all: what drawing and small sets take.
 *
 * Memory  all of them.
 * Errors  data without an end, where no count is given; no examples.
 */
export const toArrays =
  <X, Y>(
    data: AnyDataset<X, Y>,
    count = Infinity,
    { seed = 0, epoch = 0 }: ReadingOptions = {},
  ): TaskEither<SvertkaError, ExampleBatch<X, Y>> =>
  async () => {
    if (count === Infinity && data.count === Infinity)
      return fail("BadData", "toArrays", "toArrays: the data have no end: give the number of examples");
    const parts: ExampleBatch<X, Y>[] = [];
    let held = 0;
    for await (const part of looped(openBatches(asBatches(data, Math.min(count, 256)), { seed, epoch }))) {
      if (E.isLeft(part)) return part;
      parts.push(part.right);
      held += rowsIn(part.right);
      if (held >= count) break;
    }
    return held === 0
      ? fail("BadData", "toArrays", "toArrays: there are no examples: give at least one")
      : E.right(joined(parts, count));
  };
