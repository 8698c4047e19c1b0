/** The 20 rounds of Threefry-2x32 as statements of a shading language over the words x0, x1 and the keys k0, k1, k2. */

/** The rotations of four rounds; the two groups alternate (R_32x2 in Random123 1.14). */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** `rotated` writes x1 turned left by some bits; `suffix` marks a number as unsigned. */
export const threefryRounds = (rotated: (bits: number) => string, suffix: string): string =>
  [1, 2, 3, 4, 5]
    .flatMap((injection) => [
      ...rotations[injection % 2 === 1 ? 0 : 1].flatMap((bits) => ["x0 = x0 + x1;", rotated(bits), "x1 = x1 ^ x0;"]),
      `x0 = x0 + k${injection % 3};`,
      `x1 = x1 + k${(injection + 1) % 3} + ${injection}${suffix};`,
    ])
    .join("\n      ");
