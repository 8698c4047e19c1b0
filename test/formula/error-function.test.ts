/** The error function in float64, against values from outside. */
import { describe, expect, test } from "vitest";
import { evaluator } from "../../src/formula/evaluate.js";
import type { Formula } from "../../src/formula/formula.js";

const at = (formula: Formula, ...xs: readonly number[]): number => evaluator(formula)(xs, Number.NaN);

// Python's math.erf.
const erfValues: readonly (readonly [number, number])[] = [
  [0, 0],
  [1e-300, 1.1283791670955126e-300],
  [1e-10, 1.1283791670955126e-10],
  [-0.001, -0.0011283787909692365],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [-0.9, -0.7969082124228322],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [-2.5, -0.999593047982555],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [5, 0.9999999999984626],
  [5.9, 0.9999999999999999],
  [6, 1],
  [1e300, 1],
  [Number.POSITIVE_INFINITY, 1],
  [Number.NEGATIVE_INFINITY, -1],
];

describe("erf", () => {
  test.each(erfValues)("at %d", (x, want) => {
    expect(Math.abs(at(["erf", "x0"], x) - want)).toBeLessThanOrEqual(1e-12 * Math.min(1, Math.abs(want)));
  });
  test("keeps NaN and the sign of 0", () => {
    expect(at(["erf", "x0"], Number.NaN)).toBeNaN();
    expect(at(["erf", "x0"], -0)).toBe(-0);
  });
});
