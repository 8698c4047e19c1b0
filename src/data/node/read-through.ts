/** All examples of a data set in their order, as fast as its reader reads. */
import type { SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Dataset, Epoch, Example } from "../dataset.js";
import { looped } from "../pipeline/derive.js";

type Examples = AsyncIterable<Either<SvertkaError, Example | undefined>>;

/** Examples that are asked for at once, of each of the readings that are begun ahead. */
const chunk = 16;

/** All examples, in worker threads where the data set is read so; those that are left out are undefined. */
export async function* examplesOf(
  { source, plan, reader }: Dataset,
  epoch: Epoch,
): AsyncGenerator<Either<SvertkaError, Example | undefined>> {
  if (source.kind === "streamed") {
    yield* looped(source.open(epoch));
    return;
  }
  const { count, read } = reader?.elsewhere?.(source, plan) ?? source;
  const begun: ReturnType<typeof read>[] = [];
  let next = 0;
  const begin = (): void => {
    if (next >= count) return;
    const start = next;
    next = Math.min(count, start + chunk);
    begun.push(
      read(
        Array.from({ length: next - start }, (_, i) => start + i),
        epoch,
      ),
    );
  };
  for (let i = 0; i < (reader?.ahead ?? 0); i++) begin();
  for (;;) {
    begin();
    const examples = await begun.shift();
    if (examples === undefined) return;
    if (E.isLeft(examples)) {
      yield examples;
      return;
    }
    for (const example of examples.right) yield E.right(example);
  }
}

/** The same, and somebody hears how many there were. */
export async function* passing(
  examples: Examples,
  heard: (count: number) => void,
): AsyncGenerator<Either<SvertkaError, Example | undefined>> {
  let count = 0;
  for await (const example of examples) {
    yield example;
    heard(++count);
  }
}
