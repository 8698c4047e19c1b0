/** Maps that follow one another, applied to each example in one go: what lies between them is written to memory that is used again. */
import type { SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Epoch, Example, Indexed, Source } from "../dataset.js";
import { allocate, scratch, type Fresh } from "../scratch.js";
import { eachOf, readEach } from "./derive.js";

type Step<A, B> = (value: A, index: number, epoch: Epoch, fresh: Fresh) => Either<SvertkaError, B>;
type AnyStep = Step<unknown, unknown>;
type Read = Indexed<unknown>["read"];

/** What the chain's first step reads, and its steps: a reading function carries it, so that one more step can join. */
interface Chain {
  readonly read: Read;
  readonly steps: readonly AnyStep[];
}

/** The numbers of an example's picture. */
const heldBy = (value: unknown): Float32Array | undefined => {
  // Sound: read alone, and looked at before it is given.
  const { x } = value as { readonly x?: { readonly data?: unknown } };
  return x?.data instanceof Float32Array ? x.data : undefined;
};

/** An example whose picture is its own. */
const kept = (value: unknown): unknown => {
  // Sound: asked of examples whose picture lies in scratch, which is of float32.
  const example = value as Example<{ readonly data: Float32Array }, unknown>;
  return { ...example, x: { ...example.x, data: example.x.data.slice() } };
};

const readerOf = ({ read, steps }: Chain): Read => {
  const { besides, owns } = scratch();
  // Nothing is awaited in it: no other example comes between.
  const changed = (value: unknown, index: number, epoch: Epoch): Either<SvertkaError, unknown> => {
    let current = value;
    for (const [i, step] of steps.entries()) {
      const next = step(current, index, epoch, i + 1 < steps.length ? besides(heldBy(current)) : allocate);
      if (E.isLeft(next)) return next;
      current = next.right;
    }
    return E.right(owns(heldBy(current)) ? kept(current) : current);
  };
  return readEach(read, changed);
};

/** A source with a map after it, which joins those before it. */
export const chained = <A, B>(source: Source<A>, step: Step<A, B>): Source<B> => {
  if (source.kind !== "indexed") return eachOf(source, (value, index, epoch) => step(value, index, epoch, allocate));
  // Sound: this function alone writes the name, and a step takes what the one before it gives.
  const { "~chain": before } = source.read as Read & { readonly "~chain"?: Chain };
  const chain: Chain = { read: before?.read ?? source.read, steps: [...(before?.steps ?? []), step as AnyStep] };
  const read = Object.assign(readerOf(chain), { "~chain": chain });
  return { ...source, read: read as unknown as Indexed<B>["read"] };
};
