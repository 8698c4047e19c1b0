/** What callbacks remember beside the history: plain JSON under their names, which checkpoints keep. */
import type { SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { guarded, type Callback } from "./callback.js";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** By callback name; of several with one name the second is `name_1`, and so on. */
export type CallbackStates = Readonly<Record<string, Json>>;

const withKeys = (callbacks: readonly Callback[]): readonly (readonly [string, Callback])[] => {
  const counts = new Map<string, number>();
  return callbacks.map((one) => {
    const before = counts.get(one.name) ?? 0;
    counts.set(one.name, before + 1);
    return [before === 0 ? one.name : `${one.name}_${before}`, one];
  });
};

/** What they say now, as a file would give it back. */
export const statesOf = async (callbacks: readonly Callback[]): Promise<Either<SvertkaError, CallbackStates>> => {
  const states: Record<string, Json> = {};
  for (const [key, one] of withKeys(callbacks)) {
    if (one.state === undefined) continue;
    const { state } = one;
    const said = await guarded(one.name, async () => asJson(state()));
    if (E.isLeft(said)) return said;
    states[key] = said.right;
  }
  return E.right(states);
};

/** Sound: what JSON.parse gives is JSON. */
const asJson = (state: Json): Json => JSON.parse(JSON.stringify(state)) as Json;

/** Gives each callback what it said; one that said nothing is left as it is. */
export const restoreStates = async (
  callbacks: readonly Callback[],
  states: CallbackStates,
): Promise<Either<SvertkaError, void>> => {
  for (const [key, { name, restore }] of withKeys(callbacks)) {
    const state = states[key];
    if (restore === undefined || state === undefined) continue;
    const done = await guarded(name, async () => restore(state));
    if (E.isLeft(done)) return done;
  }
  return E.right(undefined);
};
