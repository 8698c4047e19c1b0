/** Random numbers by seed for the drawings: the same pictures on every machine. */

export interface Random {
  /** A number from `low` to `high`. */
  readonly between: (low: number, high: number) => number;
  /** True so often. */
  readonly chance: (probability: number) => boolean;
  readonly pick: <A>(items: readonly [A, ...A[]]) => A;
  /** Normally distributed, by Box & Muller 1958. */
  readonly normal: (deviation: number) => number;
}

/** Xorshift32 (Marsaglia 2003, "Xorshift RNGs", the triple 13, 17, 5), its state mixed from the seed. */
export const randomOf = (seed: number): Random => {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  return {
    between: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    normal: (deviation) => deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
};
