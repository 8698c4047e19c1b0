/** Reads damaged Keras files: each is read, or told in one sentence; within time and memory. */
import { expect } from "vitest";
import { exitCodeOf, render } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { readKeras } from "../../../src/io/keras/read.js";
import { randomOf } from "../../support/mutate.js";
import { damaged } from "./damaged.js";
import { keptBytes } from "./kept-files.js";

export interface Fuzzed {
  readonly cases: number;
  readonly refused: number;
  /** Milliseconds of the slowest. */
  readonly slowest: number;
}

/** Most that one file may take: they are small, and machines are busy. */
const mostMilliseconds = 20_000;

export const fuzzKeras = async (ids: readonly string[], count: number, seed: number): Promise<Fuzzed> => {
  const files = ids.map((id) => keptBytes(id));
  let [refused, slowest] = [0, 0];
  for (let index = 0; index < count; index++) {
    const bytes = damaged(files[index % files.length] ?? new Uint8Array(), randomOf(seed + index));
    const started = performance.now();
    const read = await readKeras(bytes, "damaged.keras")();
    const took = performance.now() - started;
    slowest = Math.max(slowest, took);
    expect(took, `seed ${seed + index}`).toBeLessThan(mostMilliseconds);
    if (E.isRight(read)) continue;
    refused += 1;
    const { message } = read.left;
    expect([2, 3], `seed ${seed + index}`).toContain(exitCodeOf(read.left));
    expect(message.length, `seed ${seed + index}: ${message}`).toBeLessThanOrEqual(200);
    expect(render(read.left), `seed ${seed + index}`).not.toMatch(/\n|at .*:\d+|undefined|\[object|NaN/);
  }
  expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
  return { cases: count, refused, slowest };
};
