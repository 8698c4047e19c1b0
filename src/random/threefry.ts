/**
 * Threefry-2x32-20: random bits as a pure function of a key and a counter, so that element i of a stream is known without the others.
 *
 * Source  Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC '11), §4.3;
 *         rotations and known answers from Random123 1.14.
 */

/** Two words of 32 bits; see `keyOf` and `foldIn`. */
export type Key = readonly [number, number];

/** Skein's key-schedule parity for 32-bit words. */
const PARITY = 0x1bd11bda;

/** 2^32: a block counter's high word counts these. */
const WORD = 0x1_0000_0000;

/** One block: 20 rounds, the key added after every fourth; writes two words to `out[at]`, `out[at + 1]`. */
const writeBlock = (out: Uint32Array, at: number, [key0, key1]: Key, counter0: number, counter1: number): void => {
  let add0 = key0 | 0;
  let add1 = key1 | 0;
  let add2 = PARITY ^ add0 ^ add1;
  let x0 = (counter0 + add0) | 0;
  let x1 = (counter1 + add1) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    // The rotation constants alternate between two groups of four (R_32x2 in Random123).
    if ((injection & 1) === 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    }
    const turned = add0;
    add0 = add1;
    add1 = add2;
    add2 = turned;
    x0 = (x0 + add0) | 0;
    x1 = (x1 + add1 + injection) | 0;
  }
  out[at] = x0;
  out[at + 1] = x1;
};

/** The two words of one block. For many blocks, `fillBits` takes no memory. */
export const threefry2x32 = (key0: number, key1: number, counter0: number, counter1: number): Key => {
  const out = new Uint32Array(2);
  writeBlock(out, 0, [key0, key1], counter0, counter1);
  return [out[0] ?? 0, out[1] ?? 0];
};

/**
 * Random words: element i is word `i & 1` of block `firstCounter + (i >> 1)`.
 * `firstCounter` is a whole number below 2^53; its low 32 bits are the block's first counter word.
 */
export const fillBits = (out: Uint32Array, key: Key, firstCounter = 0): void => {
  const pairs = out.length >> 1;
  for (let pair = 0; pair < pairs; pair++) {
    const counter = firstCounter + pair;
    writeBlock(out, 2 * pair, key, counter | 0, Math.floor(counter / WORD));
  }
  if (out.length % 2 === 1) {
    const counter = firstCounter + pairs;
    out[2 * pairs] = threefry2x32(key[0], key[1], counter | 0, Math.floor(counter / WORD))[0];
  }
};
