/** Beta numbers against their closed distributions. */
import { describe, expect, test } from "vitest";
import { fillBeta, keyOf } from "../../src/random/index.js";

const count = 20_000;
const drawn = (alpha: number): Float64Array => {
  const out = new Float64Array(count);
  fillBeta(out, alpha, keyOf(3));
  return out;
};

/** Kolmogorov's distance to a distribution; beyond 1.95 / √n with probability 0.001 (Massey 1951). */
const distance = (numbers: Float64Array, cumulative: (x: number) => number): number =>
  numbers.toSorted().reduce((worst, x, i) => Math.max(worst, Math.abs(cumulative(x) - (i + 0.5) / numbers.length)), 0);

describe("Beta(a, a)", () => {
  test.each([
    ["1 is uniform", 1, (x: number) => x],
    ["1/2 is the arcsine law", 0.5, (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    ["2 is 3x² − 2x³", 2, (x: number) => 3 * x ** 2 - 2 * x ** 3],
  ])("%s", (_, alpha, cumulative) => {
    expect(distance(drawn(alpha), cumulative)).toBeLessThan(1.95 / Math.sqrt(count));
  });

  test.each([0.2, 1e-6, 8])("%d has mean 1/2 and variance 1 / (8a + 4), and no NaN", (alpha) => {
    const numbers = drawn(alpha);
    const mean = numbers.reduce((a, b) => a + b, 0) / count;
    const square = numbers.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / count;
    // Five standard errors; (x − 1/2)² lies in [0, 1/4], so its deviation is at most 1/8.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / (8 * alpha + 4) / count));
    expect(Math.abs(square - 1 / (8 * alpha + 4))).toBeLessThan((5 * 0.125) / Math.sqrt(count));
  });
});
