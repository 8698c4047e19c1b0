/** Initialisers against Keras: its documentation's mean, deviation and ends, and the deciles of a sample of its own. */
import { describe, expect, test } from "vitest";
import * as initializers from "../../src/ops/initializers.js";
import type { Initializer } from "../../src/ops/initializers.js";
import { initialWeights } from "../../src/run/initial-weights.js";
import { noteGolden } from "../support/golden-notes.js";
import { readTraining } from "../train/training-fixtures.js";

interface InitializerCase {
  readonly initializer: string;
  readonly options: Readonly<Record<string, never>>;
  readonly shape: readonly number[];
  /** What Keras's documentation promises. */
  readonly formula: {
    readonly mean: number;
    readonly deviation: number;
    readonly low?: number;
    readonly high?: number;
  };
  /** Of Keras's sample of that shape. */
  readonly mean: number;
  readonly deviation: number;
  readonly deciles: readonly number[];
}

const { cases } = readTraining<InitializerCase>("initializers");

const made = ({ initializer, options }: InitializerCase): Initializer => {
  const words: Readonly<Record<string, unknown>> = initializers;
  if (initializer === "constant") return initializers.constant(options["value"]);
  const word = words[initializer];
  // Sound: the fixture has the options of that word; the others are values.
  return typeof word === "function" ? (word as (given: object) => Initializer)(options) : (word as Initializer);
};

const draw = (initializer: Initializer, shape: readonly number[], seed: number): Float32Array => {
  const value = { id: 0, type: { dtype: "f32", shape: [] } } as const;
  const weight = { name: "dense/kernel", shape, initializer, kind: "parameter", trainable: true, value } as const;
  return initialWeights([weight], seed).get("dense/kernel")?.data ?? new Float32Array();
};

const mean = (xs: ArrayLike<number>): number => Array.from(xs).reduce((sum, x) => sum + x, 0) / xs.length;
const deviation = (xs: ArrayLike<number>): number => {
  const center = mean(xs);
  return Math.sqrt(mean(Array.from(xs, (x) => (x - center) ** 2)));
};

/** How many standard errors: of a mean over n, of a deviation (a normal one's; those of bounded distributions are smaller), of a share. */
const standardErrors = (values: Float32Array, { formula, mean: theirs, deciles }: InitializerCase) => {
  const n = values.length;
  const ofMean = formula.deviation / Math.sqrt(n);
  const shares = deciles.map((decile, i) => values.filter((x) => x < decile).length / n - (i + 1) / 10);
  return {
    mean: Math.abs(mean(values) - formula.mean) / ofMean,
    deviation: Math.abs(deviation(values) / formula.deviation - 1) * Math.sqrt(2 * n),
    // Both are samples: the variances add up. A share of one half varies most.
    "mean of Keras's sample": Math.abs(mean(values) - theirs) / (Math.SQRT2 * ofMean),
    "deciles of Keras's sample": Math.max(...shares.map(Math.abs)) / Math.sqrt((2 * 0.25) / n),
  };
};

describe.each([...new Set(cases.map(({ initializer }) => initializer))])("%s", (name) => {
  const own = cases.filter(({ initializer }) => initializer === name);

  test("has Keras's statistics", () => {
    expect(own.length).toBeGreaterThanOrEqual(10);
    own.forEach((one, seed) => {
      const values = draw(made(one), one.shape, seed);
      const { low = -Infinity, high = Infinity } = one.formula;
      const reach = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
      expect(
        values.every((x) => x >= low - reach && x <= high + reach),
        `ends of ${JSON.stringify(one.options)}`,
      ).toBe(true);
      if (one.formula.deviation === 0) {
        // Keras's sample is a constant, and ours is it.
        expect(one.deviation).toBeLessThan(1e-6);
        expect(new Set(values)).toEqual(new Set([Math.fround(one.mean)]));
        noteGolden({ section: "initializers", name, errors: { mean: 0 } });
        return;
      }
      const errors = standardErrors(values, one);
      for (const [what, error] of Object.entries(errors))
        expect(error, `standard errors of the ${what}: ${JSON.stringify([one.options, one.shape])}`).toBeLessThan(5);
      // A bounded distribution comes near its ends.
      if (one.formula.high !== undefined) {
        const [middle, half] = [one.formula.mean, one.formula.high - one.formula.mean];
        expect(Math.max(...values.map((x) => Math.abs(x - middle)))).toBeGreaterThan(0.99 * half);
      }
      noteGolden({ section: "initializers", name, errors });
    });
  });
});
