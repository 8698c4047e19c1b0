/** Random orders: Fisher–Yates over a stream of unbiased bounded whole numbers. */
import { fillBits, type Key } from "./threefry.js";

const WORD = 0x1_0000_0000;

/** The most words made at a time; even, as blocks hold two. */
const CHUNK = 4096;

/** A stream of the key's words, in order; `expected` of them are likely to be asked for. */
const wordsFrom = (key: Key, expected: number): (() => number) => {
  const words = new Uint32Array(Math.min(CHUNK, expected + (expected % 2)));
  let taken = 0;
  return () => {
    const at = taken % words.length;
    if (at === 0) fillBits(words, key, taken / 2);
    taken += 1;
    return words[at] ?? 0;
  };
};

/**
 * The numbers 0 … n − 1 in random order, each order equally likely (Durstenfeld 1964).
 * A word above the largest multiple of the bound is drawn again: `word % bound` alone would favour small numbers.
 */
export const shuffled = (n: number, key: Key): Uint32Array => {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const next = wordsFrom(key, n);
  for (let last = n - 1; last > 0; last--) {
    const bound = last + 1;
    const limit = WORD - (WORD % bound);
    let word = next();
    while (word >= limit) word = next();
    const other = word % bound;
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
};
