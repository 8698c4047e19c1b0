/** Uniform, normal and truncated normal numbers; element i depends on the key and on its place in the stream alone. */
import { fillBits, type Key } from "./threefry.js";

type Floats = Float32Array | Float64Array;

/** Mean and standard deviation; by default 0 and 1. */
type NormalOptions = {
  readonly mean?: number;
  readonly standardDeviation?: number;
  /** The block of the first element; blocks hold two elements. */
  readonly firstCounter?: number;
};

/** Words made at a time: 64 KiB, which stays in a core's cache. Even, so that a block never straddles two chunks. */
const CHUNK = 16_384;

/** The top 24 bits of a word as a number in [0, 1): every value is exact in float32, and 1 cannot come out. */
const unit = (word: number): number => (word >>> 8) / 0x100_0000;

/** Calls `use(i, a, b)` for each block, where i = 0, 2, 4, … is the place of its first element. */
const eachBlock = (
  count: number,
  key: Key,
  firstCounter: number,
  use: (i: number, a: number, b: number) => void,
): void => {
  const words = new Uint32Array(Math.min(CHUNK, count + (count & 1)));
  for (let start = 0; start < count; start += CHUNK) {
    fillBits(words, key, firstCounter + start / 2);
    const end = Math.min(CHUNK, count - start);
    for (let i = 0; i < end; i += 2) use(start + i, words[i] ?? 0, words[i + 1] ?? 0);
  }
};

/** Uniform in [0, 1): element i from word `i & 1` of block `firstCounter + (i >> 1)`, its top 24 bits / 2^24. */
export const fillUniform = (out: Floats, key: Key, firstCounter = 0): void => {
  eachBlock(out.length, key, firstCounter, (i, a, b) => {
    out[i] = unit(a);
    out[i + 1] = unit(b); // past an odd end a typed array ignores this
  });
};

/** Box & Muller 1958: two uniforms to two independent normals; 1 − u lies in (0, 1], so that the logarithm is finite. */
const boxMuller = (a: number, b: number): readonly [number, number] => {
  const radius = Math.sqrt(-2 * Math.log(1 - unit(a)));
  const angle = 2 * Math.PI * unit(b);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
};

/** Normal numbers, two from each block; none lies beyond 5.8 standard deviations (24 bits). */
export const fillNormal = (out: Floats, key: Key, options: NormalOptions = {}): void => {
  const { mean = 0, standardDeviation = 1, firstCounter = 0 } = options;
  eachBlock(out.length, key, firstCounter, (i, a, b) => {
    const [first, second] = boxMuller(a, b);
    out[i] = mean + standardDeviation * first;
    out[i + 1] = mean + standardDeviation * second;
  });
};

/** A normal number within two standard deviations, from the blocks (place, 1), (place, 2), … */
const redraw = (key: Key, place: number): number => {
  const words = new Uint32Array(2);
  for (let attempt = 1; ; attempt++) {
    fillBits(words, key, place + attempt * 0x1_0000_0000);
    const kept = boxMuller(words[0] ?? 0, words[1] ?? 0).find((value) => Math.abs(value) <= 2);
    if (kept !== undefined) return kept;
  }
};

/**
 * Normal numbers within two standard deviations, others drawn again, as Keras's `TruncatedNormal` does.
 * The first draw is that of `fillNormal`; a redraw takes blocks of its own, so that it moves no other element.
 * `standardDeviation` is that before the cut (after it, 0.8796 of that).
 */
export const fillTruncatedNormal = (out: Floats, key: Key, options: Omit<NormalOptions, "firstCounter"> = {}): void => {
  const { mean = 0, standardDeviation = 1 } = options;
  fillNormal(out, key);
  for (let i = 0; i < out.length; i++) {
    const first = out[i] ?? 0;
    out[i] = mean + standardDeviation * (Math.abs(first) <= 2 ? first : redraw(key, i));
  }
};
