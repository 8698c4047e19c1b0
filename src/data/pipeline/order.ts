/** Which examples, and in what order: shuffle, take, skip, repeat, split. */
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { fillUniform, foldIn, keyOf, shuffled, type Key } from "../../random/index.js";
import type { Dataset, Epoch, Indexed, Plan, Source, Streamed } from "../dataset.js";
import { depthOf, derived, looped, renumbered } from "./derive.js";

/** A source that says what is wrong as soon as it is read: operations themselves never fail. */
export const failing = <A>(error: SvertkaError): Source<A> => ({
  kind: "indexed",
  count: 1,
  read: async () => E.left(error),
});

const countProblem = (op: string, count: number, least = 0): SvertkaError | undefined =>
  Number.isSafeInteger(count) && count >= least
    ? undefined
    : mistake("BadOption", op, `${op}: ${count} is no count: give a whole number of at least ${least}`);

export interface ShuffleOptions {
  /** In place of the reading's own seed (a trainer's). */
  readonly seed?: number | undefined;
  /** How many examples of a stream are held, among which one is drawn: 1,024. What is read by number is shuffled whole. */
  readonly bufferSize?: number | undefined;
}

/**
 * Another order each epoch, fixed by the seed and the epoch's number: a training that resumes sees the same.
 *
 * @example
 * const mixed = pipe(digits, shuffle({ seed: 7 }))
 */
export const shuffle =
  ({ seed, bufferSize = 1024 }: ShuffleOptions = {}) =>
  <X, Y>(dataset: Dataset<X, Y>): Dataset<X, Y> => {
    const step = `shuffle ${depthOf(dataset.plan)}`;
    const keyIn = (reading: Epoch): Key => foldIn(foldIn(keyOf(seed ?? reading.seed), step), reading.epoch);
    const problem =
      countProblem("shuffle", bufferSize, 1) ?? (seed === undefined ? undefined : seedProblem("shuffle", seed));
    const { source } = dataset;
    return derived(dataset, {
      op: "shuffle",
      options: { seed, bufferSize },
      source:
        problem !== undefined
          ? failing(problem)
          : source.kind === "indexed" && source.count < Infinity
            ? shuffledWhole(source, keyIn)
            : source.kind === "indexed"
              ? failing(mistake("BadOption", "shuffle", "shuffle: the data have no end: shuffle before repeat()"))
              : shuffledStream(source, keyIn, bufferSize),
    });
  };

export const seedProblem = (op: string, seed: number): SvertkaError | undefined =>
  Number.isSafeInteger(seed)
    ? undefined
    : mistake("BadOption", op, `${op}: the seed ${seed} is no whole number: give one such as 7`);

const shuffledWhole = <A>(source: Indexed<A>, keyIn: (epoch: Epoch) => Key): Indexed<A> => {
  let kept: { readonly key: Key; readonly order: Uint32Array } | undefined;
  return renumbered(source, source.count, (epoch) => {
    const key = keyIn(epoch);
    if (kept?.key[0] !== key[0] || kept.key[1] !== key[1]) kept = { key, order: shuffled(source.count, key) };
    const { order } = kept;
    return (index) => order[index] ?? 0;
  });
};

/** Holds some examples, gives one of them at random, and takes the next in its place. */
const shuffledStream = <A>(source: Streamed<A>, keyIn: (epoch: Epoch) => Key, bufferSize: number): Streamed<A> => ({
  ...source,
  open: async function* (epoch): AsyncGenerator<Either<SvertkaError, A>> {
    const held: A[] = [];
    const draw = drawsFrom(keyIn(epoch));
    const takeOne = (): A | undefined => {
      const at = Math.floor(draw() * held.length);
      const last = held.pop();
      if (last === undefined || at >= held.length) return last;
      const one = held[at];
      held[at] = last;
      return one;
    };
    for await (const value of looped(source.open(epoch))) {
      if (E.isLeft(value)) {
        yield value;
        return;
      }
      held.push(value.right);
      if (held.length <= bufferSize) continue;
      const one = takeOne();
      if (one !== undefined) yield E.right(one);
    }
    for (let one = takeOne(); one !== undefined; one = takeOne()) yield E.right(one);
  },
});

/** Uniform numbers in [0, 1), one after the other. */
const drawsFrom = (key: Key): (() => number) => {
  const some = new Float64Array(256);
  let drawn = 0;
  return () => {
    const at = drawn % some.length;
    if (at === 0) fillUniform(some, key, drawn / 2);
    drawn++;
    return some[at] ?? 0;
  };
};

/** The first `count` examples, or all where there are fewer. */
export const take =
  (count: number) =>
  <X, Y>(dataset: Dataset<X, Y>): Dataset<X, Y> =>
    derived(dataset, { op: "take", options: { count }, source: taken(dataset.source, count) });

const taken = <A>(source: Source<A>, count: number): Source<A> => {
  const problem = countProblem("take", count);
  if (problem !== undefined) return failing(problem);
  if (source.kind === "indexed") return { ...source, count: Math.min(count, source.count) };
  return {
    ...source,
    count: source.count === undefined ? undefined : Math.min(count, source.count),
    open: async function* (epoch) {
      let left = count;
      if (left === 0) return;
      for await (const value of looped(source.open(epoch))) {
        yield value;
        if (--left === 0) return;
      }
    },
  };
};

/** All but the first `count` examples. */
export const skip =
  (count: number) =>
  <X, Y>(dataset: Dataset<X, Y>): Dataset<X, Y> =>
    derived(dataset, { op: "skip", options: { count }, source: skipped(dataset.source, count) });

const skipped = <A>(source: Source<A>, count: number): Source<A> => {
  const problem = countProblem("skip", count);
  if (problem !== undefined) return failing(problem);
  const left = source.count === undefined ? undefined : Math.max(0, source.count - count);
  if (source.kind === "indexed") return renumbered(source, left ?? 0, () => (index) => index + count);
  return {
    ...source,
    count: left,
    open: async function* (epoch) {
      let passed = 0;
      for await (const value of looped(source.open(epoch))) if (E.isLeft(value) || passed++ >= count) yield value;
    },
  };
};

/**
 * The examples again and again: `count` times, or without an end. Each time counts as an epoch of its own for what is drawn at
 * random before it.
 */
export const repeat =
  (count?: number) =>
  <X, Y>(dataset: Dataset<X, Y>): Dataset<X, Y> =>
    derived(dataset, { op: "repeat", options: { count }, source: repeated(dataset.source, count) });

const repeated = <A>(source: Source<A>, times: number = Infinity): Source<A> => {
  const problem = times === Infinity ? undefined : countProblem("repeat", times, 1);
  if (problem !== undefined) return failing(problem);
  if (source.count === Infinity) return source;
  /** Without an end, one epoch is all there is. */
  const roundOf = ({ seed, epoch }: Epoch, round: number): Epoch => ({
    seed,
    epoch: times === Infinity ? epoch + round : epoch * times + round,
  });
  const count = source.count === undefined ? undefined : source.count === 0 ? 0 : source.count * times;
  if (source.kind === "streamed")
    return {
      ...source,
      count: times === Infinity && count !== 0 ? Infinity : count,
      open: async function* (epoch) {
        for (let round = 0; round < times; round++) {
          let any = false;
          for await (const value of looped(source.open(roundOf(epoch, round)))) {
            yield value;
            if (E.isLeft(value)) return;
            any = true;
          }
          if (!any) return;
        }
      },
    };
  return {
    kind: "indexed",
    count: count ?? 0,
    read: async (indices, epoch) => {
      const read: (A | undefined)[] = [];
      for (let start = 0; start < indices.length;) {
        const round = Math.floor((indices[start] ?? 0) / source.count);
        const within: number[] = [];
        for (; start < indices.length; start++) {
          const index = (indices[start] ?? 0) - round * source.count;
          if (index < 0 || index >= source.count) break;
          within.push(index);
        }
        const some = await source.read(within, roundOf(epoch, round));
        if (E.isLeft(some)) return some;
        read.push(...some.right);
      }
      return E.right(read);
    },
  };
};

const changesOrder = ({ op, of }: Plan): boolean => op === "shuffle" || of.some(changesOrder);

/**
 * Two data sets: the first examples, and the rest. `first` below 1 is a fraction of all (rounded), from 1 on a number of examples.
 *
 * Errors  where a side would be empty, where a fraction is of an unknown number, and after `shuffle`: what is trained on in one
 *         epoch would be in the other side in the next.
 *
 * @example
 * const [training, validation] = orThrow(pipe(digits, split(0.9)))
 */
export const split =
  (first: number) =>
  <X, Y>(dataset: Dataset<X, Y>): Either<SvertkaError, readonly [Dataset<X, Y>, Dataset<X, Y>]> => {
    const bad = (sentence: string): Either<SvertkaError, never> => fail("BadOption", "split", `split: ${sentence}`);
    const { count } = dataset;
    if (changesOrder(dataset.plan))
      return bad("the order before it is another each epoch, which would mix both sides: split before shuffle");
    if (first < 1 && (count === undefined || count === Infinity))
      return bad(`${first} is a fraction, and the number of examples is not known: give a number of examples`);
    const kept = first < 1 ? Math.round(first * (count ?? 0)) : first;
    if (!Number.isSafeInteger(kept) || kept < 1 || kept >= (count ?? Infinity))
      return bad(`${first} of ${count ?? "the"} examples leaves a side empty, or is no number: use one such as 0.9`);
    return E.right([take(kept)(dataset), skip(kept)(dataset)]);
  };
