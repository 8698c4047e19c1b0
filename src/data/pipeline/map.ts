/** Maps of examples and of batches; those that choose at random draw from a stream that the seed, the epoch and the place fix. */
import { fail, type SvertkaError, SvertkaFailure } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { foldIn, keyOf } from "../../random/index.js";
import type { Batches, Dataset, Epoch, Example, ExampleBatch, Place } from "../dataset.js";
import { recipeOf } from "../portable.js";
import { allocate, intoOf, type Fresh } from "../scratch.js";
import { chained } from "./chain.js";
import { depthOf, derived, derivedBatches, eachOf } from "./derive.js";

/** What becomes of an example; it makes new arrays and leaves those that it is given as they are. */
export type ExampleMap<X, Y, X2 = X, Y2 = Y> = (example: Example<X, Y>, place: Place) => Example<X2, Y2>;

/** What becomes of a batch, as `mixup` does; it makes new arrays. */
export type BatchMap<X, Y, X2 = X, Y2 = Y> = (batch: ExampleBatch<X, Y>, place: Place) => ExampleBatch<X2, Y2>;

/**
 * Each example through a function. The function may draw from `place.key`: the numbers are the same for the same seed, epoch
 * and example, whatever else runs and wherever training resumes.
 *
 * Errors  what the function throws is a `BadData` in the stream.
 *
 * @example
 * const inverted = pipe(digits, map(({ x, y }) => ({ x: f32(x.shape, x.data.map((value) => 1 - value)), y })))
 */
export const map =
  <X, Y, X2, Y2>(change: ExampleMap<X, Y, X2, Y2>) =>
  (dataset: Dataset<X, Y>): Dataset<X2, Y2> => {
    const step: Step = { op: "map", of: "example", depth: depthOf(dataset.plan) };
    const into = intoOf(change);
    const source =
      into === undefined
        ? eachOf(dataset.source, guardedAt(change, step))
        : chained(dataset.source, guardedAt<Example<X, Y>, Example<X2, Y2>>(into, step));
    return derived(dataset, { op: "map", options: recipeOf(change), source });
  };

/** Each batch through a function: for what mixes examples. See {@link map}. */
export const mapBatches =
  <X, Y, X2 = X, Y2 = Y>(change: BatchMap<X, Y, X2, Y2>) =>
  (batches: Batches<X, Y>): Batches<X2, Y2> => {
    const source = eachOf(
      batches.source,
      guardedAt(change, { op: "mapBatches", of: "batch", depth: depthOf(batches.plan) }),
    );
    return derivedBatches(batches, { op: "mapBatches", options: recipeOf(change), source });
  };

interface Step {
  readonly op: string;
  readonly of: "example" | "batch";
  /** How many steps come before it: two maps of one pipeline draw different numbers. */
  readonly depth: number;
}

/** The function with its place, and what it throws as a value. */
const guardedAt =
  <A, B>(change: (value: A, place: Place, fresh: Fresh) => B, { op, of, depth }: Step) =>
  (value: A, index: number, { seed, epoch }: Epoch, fresh = allocate): Either<SvertkaError, B> => {
    const place: Place = {
      seed,
      epoch,
      index,
      // Drawn by those alone that ask.
      get key() {
        return foldIn(foldIn(foldIn(keyOf(seed), `${op} ${depth}`), epoch), index);
      },
    };
    try {
      return E.right(change(value, place, fresh));
    } catch (cause) {
      if (cause instanceof SvertkaFailure) return E.left(cause.error);
      const said = String(cause).replace(/\s+/g, " ").slice(0, 90);
      return fail("BadData", op, `${op}: the function throws ${said} at ${of} ${index}: correct it`);
    }
  };
