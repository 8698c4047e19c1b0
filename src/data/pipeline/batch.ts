/** Examples in batches. */
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Batches, Dataset, Example, ExampleBatch, Source } from "../dataset.js";
import { stacked } from "../stack.js";
import { looped, planOf } from "./derive.js";
import { failing } from "./order.js";

export interface BatchOptions {
  /** Whether a last batch with fewer examples is left out; false as in tf.data. */
  readonly dropRemainder?: boolean | undefined;
}

/**
 * Batches of so many examples, the last with what is left.
 *
 * Errors  examples of different shapes; a batch of whose examples none could be read.
 *
 * @example
 * const batches = pipe(digits, shuffle(), batch(32))
 */
export const batch =
  (batchSize: number, { dropRemainder = false }: BatchOptions = {}) =>
  <X, Y>(dataset: Dataset<X, Y>): Batches<X, Y> => {
    const { count } = dataset;
    const whole = dropRemainder && count !== undefined ? count - (count % batchSize) : count;
    return {
      kind: "batches",
      batchSize,
      count: count === Infinity ? count : whole,
      source:
        Number.isSafeInteger(batchSize) && batchSize >= 1
          ? batched(dataset.source, batchSize, dropRemainder)
          : failing(mistake("BadOption", "batch", `batch: ${batchSize} is no size: give a whole number of at least 1`)),
      plan: planOf("batch", { batchSize, dropRemainder }, [dataset.plan]),
      reader: dataset.reader,
    };
  };

const batched = <X, Y>(
  source: Source<Example<X, Y>>,
  size: number,
  dropRemainder: boolean,
): Source<ExampleBatch<X, Y>> => {
  const count = source.count === undefined ? undefined : (dropRemainder ? Math.floor : Math.ceil)(source.count / size);
  if (source.kind === "streamed")
    return { kind: "streamed", count, open: streamedBatches(source, size, dropRemainder) };
  const one = async (
    index: number,
    epoch: { seed: number; epoch: number },
  ): Promise<Either<SvertkaError, ExampleBatch<X, Y>>> => {
    const start = index * size;
    const read = await source.read(
      Array.from({ length: Math.min(size, source.count - start) }, (_, i) => start + i),
      epoch,
    );
    if (E.isLeft(read)) return read;
    const there = read.right.filter((example) => example !== undefined);
    return there.length === 0
      ? fail("BadData", "batch", `batch: none of the ${size} examples of batch ${index} can be read: look at the files`)
      : stacked(there);
  };
  return {
    kind: "indexed",
    count: count ?? 0,
    read: async (indices, epoch) => {
      const batches: ExampleBatch<X, Y>[] = [];
      for (const index of Array.from(indices)) {
        const made = await one(index, epoch);
        if (E.isLeft(made)) return made;
        batches.push(made.right);
      }
      return E.right(batches);
    },
  };
};

const streamedBatches = <X, Y>(
  source: Extract<Source<Example<X, Y>>, { kind: "streamed" }>,
  size: number,
  dropRemainder: boolean,
): Extract<Source<ExampleBatch<X, Y>>, { kind: "streamed" }>["open"] =>
  async function* (epoch) {
    let held: Example<X, Y>[] = [];
    for await (const example of looped(source.open(epoch))) {
      if (E.isLeft(example)) {
        yield example;
        return;
      }
      held.push(example.right);
      if (held.length < size) continue;
      const made = stacked(held);
      held = [];
      yield made;
      if (E.isLeft(made)) return;
    }
    if (held.length > 0 && !dropRemainder) yield stacked(held);
  };
