/** Seeded damage to files, for fuzz tests of every format: to bytes, and to JSON values in a file. */

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export type Random = ReturnType<typeof randomOf>;

/** A whole number below. */
export const below = (random: Random, end: number): number => Math.floor(random() * end);

export const oneOf = <T>(random: Random, choices: readonly [T, ...T[]]): T =>
  choices[below(random, choices.length)] ?? choices[0];

/** Bytes that readers stumble over: ends of ranges, signs, lengths. */
const harmful: readonly [number, ...number[]] = [0, 0xff, 0x7f, 0x80, 1, 0x22, 0x7b, 0x5b];

const overwritten = (bytes: Uint8Array, random: Random): Uint8Array => {
  const out = bytes.slice();
  const count = 1 + below(random, 8);
  for (let i = 0; i < count; i++)
    out[below(random, out.length)] = random() < 0.5 ? oneOf(random, harmful) : below(random, 256);
  return out;
};

/** A run of four or eight bytes as a length or an offset might be. */
const asNumber = (bytes: Uint8Array, random: Random): Uint8Array => {
  const out = bytes.slice();
  const at = below(random, Math.max(1, out.length - 8));
  const value = oneOf(random, [0, 1, 0x7f_ff_ff_ff, 0xff_ff_ff_ff, 0x80_00_00_00, out.length]);
  new DataView(out.buffer).setUint32(at, value, true);
  return out;
};

const spliced = (bytes: Uint8Array, random: Random): Uint8Array => {
  const [from, to] = [below(random, bytes.length), below(random, bytes.length)];
  const length = below(random, Math.min(200, bytes.length));
  const out = bytes.slice();
  out.set(bytes.subarray(from, from + length).subarray(0, out.length - to), to);
  return out;
};

const cut = (bytes: Uint8Array, random: Random): Uint8Array => bytes.slice(0, below(random, bytes.length));

const inserted = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = below(random, bytes.length);
  const middle = Uint8Array.from({ length: 1 + below(random, 16) }, () => below(random, 256));
  return Uint8Array.from([...bytes.subarray(0, at), ...middle, ...bytes.subarray(at)]);
};

/** The bytes with one kind of damage. */
export const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array =>
  oneOf(random, [overwritten, overwritten, asNumber, asNumber, spliced, cut, inserted])(bytes, random);

type Slot = { readonly holder: Record<string, unknown>; readonly key: string };

const isHolder = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const slotsIn = (value: unknown, found: Slot[]): void => {
  if (!isHolder(value)) return;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    slotsIn(value[key], found);
  }
};

/** Values that no reader expects in the place of another. */
const strange = (random: Random, other: unknown): unknown =>
  oneOf<() => unknown>(random, [
    () => null,
    () => -1,
    () => 0,
    () => 1e9,
    () => 1e308,
    () => 0.5,
    () => "",
    () => "__proto__",
    () => "../../etc/passwd",
    () => "constructor",
    () => "a".repeat(5000),
    () => [],
    () => ({}),
    () => [[[[[]]]]],
    () => ({ class_name: "Lambda", config: {} }),
    () => true,
    () => other,
  ])();

const changed = ({ holder, key }: Slot, random: Random, others: readonly Slot[]): void => {
  const value = holder[key];
  const other = others[below(random, others.length)];
  const kind = random();
  if (kind < 0.15) delete holder[key];
  else if (kind < 0.3 && Array.isArray(value)) value.push(...value);
  else if (kind < 0.4 && typeof value === "number") holder[key] = value + oneOf(random, [1, -1, 1000, 2 ** 40]);
  else if (kind < 0.5)
    Object.defineProperty(holder, "__proto__", { value, enumerable: true, configurable: true, writable: true });
  else holder[key] = strange(random, other?.holder[other.key]);
};

/** The JSON text with one to three of its values changed, removed, doubled or exchanged. */
export const mutateJson = (text: string, random: Random): string => {
  const value: unknown = JSON.parse(text);
  const count = 1 + below(random, 3);
  for (let i = 0; i < count; i++) {
    const slots: Slot[] = [];
    slotsIn(value, slots);
    const slot = slots[below(random, slots.length)];
    if (slot !== undefined) changed(slot, random, slots);
    // A value put into itself would make a loop of references that no JSON has.
    if (!isTree(value)) return text.slice(0, below(random, text.length));
  }
  return JSON.stringify(value);
};

/** Whether the value can be written: it is not inside itself, and not grown beyond use. */
const isTree = (value: unknown): boolean => {
  try {
    return JSON.stringify(value).length < 5_000_000;
  } catch {
    return false;
  }
};
