/** Known answers of Random123, and the statistics that the distributions promise. */
import { describe, expect, it } from "vitest";
import {
  fillBits,
  fillNormal,
  fillTruncatedNormal,
  fillUniform,
  foldIn,
  keyOf,
  shuffled,
  threefry2x32,
  type Key,
} from "../../src/random/index.js";

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const moment = (values: ArrayLike<number>, power: number): number => mean(Array.from(values, (v) => v ** power));

describe("threefry2x32", () => {
  // Random123 1.14, tests/kat_vectors, "threefry2x32 20".
  const vectors: readonly { readonly key: Key; readonly counter: Key; readonly words: string }[] = [
    { key: [0, 0], counter: [0, 0], words: "6b200159 99ba4efe" },
    { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], words: "1cb996fc bb002be7" },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: "c4923a9c 483df7a0" },
  ];
  it.each(vectors)("gives Random123's known answer $words", ({ key, counter, words }) => {
    expect(hex(threefry2x32(...key, ...counter))).toBe(words);
  });

  it("fills word i from block i >> 1, past 2^32 blocks too, whatever the length", () => {
    const key = keyOf(7);
    const first = 2 ** 32 - 2;
    const even = new Uint32Array(8);
    const odd = new Uint32Array(5);
    fillBits(even, key, first);
    fillBits(odd, key, first);
    expect([...odd]).toEqual([...even.subarray(0, 5)]);
    expect([...even]).toEqual([
      ...threefry2x32(...key, 0xfffffffe, 0),
      ...threefry2x32(...key, 0xffffffff, 0),
      ...threefry2x32(...key, 0, 1),
      ...threefry2x32(...key, 1, 1),
    ]);
  });
});

describe("fillUniform", () => {
  it("takes the top 24 bits of each word", () => {
    const out = new Float32Array(2);
    fillUniform(out, [0, 0], 0);
    expect([...out]).toEqual([0x6b2001 / 2 ** 24, 0x99ba4e / 2 ** 24]);
  });

  it("gives an element the same value in any window of the stream", () => {
    const whole = new Float64Array(50_000);
    fillUniform(whole, keyOf(1), 0);
    const window = new Float64Array(101);
    fillUniform(window, keyOf(1), 10_000);
    expect([...window]).toEqual([...whole.subarray(20_000, 20_101)]);
  });

  it("is uniform: mean, variance, and a chi-squared test on 100 bins", () => {
    const out = new Float32Array(200_000);
    fillUniform(out, keyOf(2), 0);
    const bins = new Float64Array(100);
    for (const value of out) bins[Math.floor(value * 100)] = (bins[Math.floor(value * 100)] ?? 0) + 1;
    const chi2 = [...bins].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(mean(out)).toBeCloseTo(0.5, 2);
    expect(moment(out, 2)).toBeCloseTo(1 / 3, 2);
    expect(chi2).toBeLessThan(149); // the 99.9 % point for 99 degrees of freedom
  });
});

describe("fillNormal", () => {
  it("has the moments of the normal distribution", () => {
    const out = new Float64Array(200_001);
    fillNormal(out, keyOf(3), {});
    expect(Math.abs(mean(out))).toBeLessThan(0.01);
    expect(Math.abs(moment(out, 2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(out, 3))).toBeLessThan(0.05);
    expect(Math.abs(moment(out, 4) - 3)).toBeLessThan(0.1);
    expect(Math.abs(mean(out.subarray(1).map((v, i) => v * (out[i] ?? 0))))).toBeLessThan(0.01);
  });

  it("scales and shifts", () => {
    const plain = new Float64Array(9);
    const moved = new Float64Array(9);
    fillNormal(plain, keyOf(4));
    fillNormal(moved, keyOf(4), { mean: 5, standardDeviation: 2 });
    expect([...moved]).toEqual([...plain].map((v) => 5 + 2 * v));
  });
});

describe("fillTruncatedNormal", () => {
  it("stays within two standard deviations and has the truncated variance", () => {
    const out = new Float32Array(100_000);
    fillTruncatedNormal(out, keyOf(5), { standardDeviation: 3 });
    expect(out.every((v) => Math.abs(v) <= 6)).toBe(true);
    expect(Math.abs(mean(out))).toBeLessThan(0.03);
    // σ² (1 − 2·2φ(2) / (2Φ(2) − 1)) = 9 · 0.7737
    expect(Math.abs(moment(out, 2) / 9 - 0.7737)).toBeLessThan(0.01);
  });

  it("does not depend on the length", () => {
    const long = new Float32Array(1000);
    const short = new Float32Array(10);
    fillTruncatedNormal(long, keyOf(6));
    fillTruncatedNormal(short, keyOf(6));
    expect([...short]).toEqual([...long.subarray(0, 10)]);
  });
});

describe("keys", () => {
  it("differ by number, by name and between the two", () => {
    const root = keyOf(42);
    const keys = [
      root,
      keyOf(-1),
      keyOf(2 ** 40),
      ...[0, 1, -1, 2 ** 33].map((n) => foldIn(root, n)),
      ...["", "a", "b", "conv2d/kernel"].map((name) => foldIn(root, name)),
    ];
    expect(new Set(keys.map(hex)).size).toBe(keys.length);
  });

  it("are stable: these words are in people's checkpoints", () => {
    expect(hex(keyOf(42))).toBe("00000000 0000002a");
    expect(foldIn(keyOf(0), 0)).toEqual(threefry2x32(0, 0, 0, 0));
  });
});

describe("shuffled", () => {
  it("is a permutation, the same for the same key", () => {
    const order = shuffled(10_000, keyOf(1));
    expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect([...shuffled(10_000, keyOf(1))]).toEqual([...order]);
    expect([...shuffled(10_000, keyOf(2))]).not.toEqual([...order]);
    expect([...shuffled(0, keyOf(1)), ...shuffled(1, keyOf(1))]).toEqual([0]);
  });

  it("gives every order of four equally often (chi-squared, 23 degrees of freedom)", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const order = shuffled(4, keyOf(seed)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chi2).toBeLessThan(49.7); // the 99.9 % point
  });
});
