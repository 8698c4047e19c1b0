/** Two data sets side by side. */
import { fail, SvertkaFailure, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Dataset, Example, Source } from "../dataset.js";
import { looped, planOf, streamOf } from "./derive.js";

/** What becomes of two examples that stand at the same place. */
export type Combine<A, B, C> = (first: A, second: B) => C;

/**
 * One example of each, as many as the shorter one has.
 *
 * @example
 * const pairs = pipe(left, zip(right, (a, b) => ({ x: { left: a.x, right: b.x }, y: a.y })))
 */
export const zip =
  <X, Y, X1, Y1, X2, Y2>(other: Dataset<X1, Y1>, combine: Combine<Example<X, Y>, Example<X1, Y1>, Example<X2, Y2>>) =>
  (dataset: Dataset<X, Y>): Dataset<X2, Y2> => {
    const source = zipped(dataset.source, other.source, combine);
    return {
      kind: "dataset",
      count: source.count,
      source,
      plan: planOf("zip", undefined, [dataset.plan, other.plan]),
      reader: dataset.reader ?? other.reader,
    };
  };

const zipped = <A, B, C>(first: Source<A>, second: Source<B>, combine: Combine<A, B, C>): Source<C> => {
  const count =
    first.count === undefined || second.count === undefined ? undefined : Math.min(first.count, second.count);
  if (first.kind === "indexed" && second.kind === "indexed")
    return {
      kind: "indexed",
      count: count ?? 0,
      read: async (indices, epoch) => {
        const [a, b] = await Promise.all([first.read(indices, epoch), second.read(indices, epoch)]);
        if (E.isLeft(a)) return a;
        if (E.isLeft(b)) return b;
        const both: (C | undefined)[] = [];
        for (const [i, one] of a.right.entries()) {
          const other = b.right[i];
          // Left out on one side is left out.
          const made = one === undefined || other === undefined ? E.right(undefined) : guarded(combine, one, other);
          if (E.isLeft(made)) return made;
          both.push(made.right);
        }
        return E.right(both);
      },
    };
  return {
    kind: "streamed",
    count,
    open: async function* (epoch) {
      const others = streamOf(second, epoch);
      try {
        for await (const one of looped(streamOf(first, epoch))) {
          const next = await others.next();
          if (next.done === true) return;
          const other = next.value;
          if (E.isLeft(one) || E.isLeft(other)) {
            if (E.isLeft(one)) yield one;
            else if (E.isLeft(other)) yield other;
            return;
          }
          // Left out on one side is left out.
          if (one.right === undefined || other.right === undefined) continue;
          const made = guarded(combine, one.right, other.right);
          yield made;
          if (E.isLeft(made)) return;
        }
      } finally {
        await others.return(undefined);
      }
    },
  };
};

const guarded = <A, B, C>(combine: Combine<A, B, C>, a: A, b: B): Either<SvertkaError, C> => {
  try {
    return E.right(combine(a, b));
  } catch (cause) {
    if (cause instanceof SvertkaFailure) return E.left(cause.error);
    return fail("BadData", "zip", `zip: the function throws ${String(cause).slice(0, 90)}: correct it`);
  }
};
