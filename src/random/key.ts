/** Keys of random streams: made from a seed, and derived from each other by numbers and names. */
import { invariant } from "../errors.js";
import { threefry2x32, type Key } from "./threefry.js";

const WORD = 0x1_0000_0000;

/** The counter that opens the domain of names: no safe integer has this high word, so names and numbers never meet. */
const NAMES: Key = [0, 0x8000_0000];

/** FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv), over UTF-8, as low and high word. */
const hashOf = (text: string): Key => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)];
};

/** A safe integer as low and high word, in two's complement. */
const wordsOf = (whole: number): Key => {
  invariant(Number.isSafeInteger(whole), `a seed or a counter is a safe integer, got ${whole}`);
  return [whole >>> 0, Math.floor(whole / WORD) >>> 0];
};

/** The key of a seed: its high and low word, as in JAX. Neighbouring seeds give unrelated streams. */
export const keyOf = (seed: number): Key => {
  const [low, high] = wordsOf(seed);
  return [high, low];
};

/** A key derived from another by a number or a name; different data give unrelated streams. */
export const foldIn = (key: Key, data: number | string): Key => {
  if (typeof data === "number") return threefry2x32(key[0], key[1], ...wordsOf(data));
  const names = threefry2x32(key[0], key[1], ...NAMES);
  return threefry2x32(names[0], names[1], ...hashOf(data));
};
