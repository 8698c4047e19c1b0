/** Which options of a call need not be written: those without which it does the same, by trial. */
import type { LayerCall } from "../layers/layer-graph.js";
import { effectOf, type InputShape } from "./probe.js";

export interface PlainCall {
  readonly call: LayerCall;
  /** All options that any call of this word has, with their values. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of options that have their defaults. */
  readonly defaults: ReadonlySet<string>;
}

/** Numbers that options often begin with. */
const usual: readonly unknown[] = [1, 0];
/** Of values that were seen for an option no more are tried. */
const mostTried = 12;

/** What each word's options are in these calls, by name. */
const seenValues = (calls: readonly LayerCall[]): ReadonlyMap<string, ReadonlyMap<string, readonly unknown[]>> => {
  const words = new Map<string, Map<string, Map<string, unknown>>>();
  for (const { word, options } of calls)
    for (const [name, value] of Object.entries(options)) {
      const names = words.get(word) ?? new Map<string, Map<string, unknown>>();
      words.set(
        word,
        names.set(name, (names.get(name) ?? new Map<string, unknown>()).set(JSON.stringify(value), value)),
      );
    }
  return new Map(
    [...words].map(([word, names]) => [
      word,
      new Map([...names].map(([name, values]) => [name, [...values.values()].slice(0, mostTried)])),
    ]),
  );
};

/** For each call: its options, written out as far as other calls of the word have them, and which are defaults. */
export const plainCalls = (
  calls: readonly LayerCall[],
  shapesOf: (call: LayerCall) => readonly InputShape[],
): ReadonlyMap<LayerCall, PlainCall> => {
  const seen = seenValues(calls);
  const known = new Map<string, Omit<PlainCall, "call">>();
  return new Map(
    calls.map((call) => {
      const shapes = shapesOf(call);
      const key = JSON.stringify([call.word, call.options, shapes]);
      const found = known.get(key) ?? plain(call, shapes, seen.get(call.word) ?? new Map());
      known.set(key, found);
      return [call, { call, ...found }];
    }),
  );
};

const plain = (
  call: LayerCall,
  shapes: readonly InputShape[],
  seen: ReadonlyMap<string, readonly unknown[]>,
): Omit<PlainCall, "call"> => {
  if (call.arguments !== undefined) return { options: {}, defaults: new Set() };
  const wanted = effectOf(call, shapes);
  const isSame = (options: LayerCall["options"]): boolean =>
    wanted !== undefined && effectOf({ ...call, options }, shapes) === wanted;
  const without = (options: LayerCall["options"], name: string): LayerCall["options"] =>
    Object.fromEntries(Object.entries(options).filter(([one]) => one !== name));
  let shortest = call.options;
  for (const name of Object.keys(call.options)) {
    const shorter = without(shortest, name);
    if (isSame(shorter)) shortest = shorter;
  }
  let options = call.options;
  for (const [name, values] of seen) {
    if (Object.hasOwn(options, name)) continue;
    const value = [...usual, ...values].find((one) => isSame({ ...options, [name]: one }));
    if (value !== undefined) options = { ...options, [name]: value };
  }
  const names = [...new Set([...seen.keys(), ...Object.keys(call.options)])];
  return {
    options: Object.fromEntries(
      names.filter((name) => Object.hasOwn(options, name)).map((name) => [name, options[name]]),
    ),
    defaults: new Set(Object.keys(options).filter((name) => !Object.hasOwn(shortest, name))),
  };
};
