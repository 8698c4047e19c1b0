/** Beta-distributed numbers of two equal parameters, as mixup and CutMix draw them. */
import { fillBits, type Key } from "./threefry.js";

/** A stream of uniform numbers in (0, 1): the middles of 2^24 equal parts, so that logarithms are finite. */
const uniformsOf = (key: Key): (() => number) => {
  const words = new Uint32Array(64);
  let taken = 0;
  return () => {
    const at = taken % words.length;
    if (at === 0) fillBits(words, key, taken / 2);
    taken += 1;
    return (((words[at] ?? 0) >>> 8) + 0.5) / 0x100_0000;
  };
};

const normal = (next: () => number): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());

/**
 * The logarithm of a gamma number of shape `alpha` and scale 1; small shapes give numbers that only their logarithm can hold.
 *
 * Source  Marsaglia & Tsang 2000, "A simple method for generating gamma variables" §5, and §6 for shapes below 1.
 */
const logGamma = (alpha: number, next: () => number): number => {
  const boost = alpha < 1 ? Math.log(next()) / alpha : 0;
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(next);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return boost + Math.log(d * v);
  }
};

/** Numbers in [0, 1] of Beta(alpha, alpha), alpha > 0: mean 1/2, variance 1 / (8 alpha + 4). */
export const fillBeta = (out: Float32Array | Float64Array, alpha: number, key: Key): void => {
  const next = uniformsOf(key);
  for (let i = 0; i < out.length; i++) {
    const first = logGamma(alpha, next);
    out[i] = 1 / (1 + Math.exp(logGamma(alpha, next) - first));
  }
};
