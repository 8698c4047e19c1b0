/** Symbolic derivatives: textbook cases as formulas, and all functions against the slope of the value. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derivative } from "../../src/formula/derivative.js";
import { evaluator } from "../../src/formula/evaluate.js";
import { variable, variablesOf, type Formula } from "../../src/formula/formula.js";
import { arityOf, isFunctionName, scalarFunctions } from "../../src/formula/functions.js";
import { formulas } from "./random-formula.js";

const textbook: readonly (readonly [formula: Formula, derivative: Formula])[] = [
  [7, 0],
  ["x0", 1],
  ["x1", 0],
  [["add", "x0", "x1"], 1],
  [["sub", "x1", "x0"], -1],
  [["mul", "x0", 3], 3],
  [["mul", 3, ["mul", "x0", 2]], 6],
  [
    ["mul", "x0", "x0"],
    ["add", "x0", "x0"],
  ],
  [["floor", "x0"], 0],
  [["gt", "x0", 0], 0],
  [
    ["exp", "x0"],
    ["exp", "x0"],
  ],
  [
    ["log", "x0"],
    ["div", 1, "x0"],
  ],
  [
    ["exp", ["mul", 2, "x0"]],
    ["mul", ["exp", ["mul", 2, "x0"]], 2],
  ],
  [
    ["select", ["gt", "x0", 0], "x0", 0],
    ["select", ["gt", "x0", 0], 1, 0],
  ],
];

test.each(textbook)("of %j is %j", (formula, wanted) => {
  expect(derivative(formula, "x0")).toEqual(wanted);
});

/** A derivative may not read what the value does not. */
const readsNoMore = (slope: Formula, formula: Formula): boolean =>
  [...variablesOf(slope)].every((name) => variablesOf(formula).has(name));

const step = 1e-6;

/** Compares at a point with both one-sided slopes; undefined where the value has a kink, a jump or is not finite there. */
const agreesAt = (formula: Formula, by: number, point: readonly number[]): boolean | undefined => {
  const value = evaluator(formula);
  const at = (change: number): number => value(point.with(by, (point[by] ?? 0) + change), Number.NaN);
  const [below, center, above] = [at(-step), at(0), at(step)];
  const [left, right] = [(center - below) / step, (above - center) / step];
  if (![left, right].every(Number.isFinite) || Math.abs(center) > 1e4 || Math.abs(left) > 1e4) return undefined;
  if (Math.abs(left - right) > 1e-3 * (1 + Math.abs(left))) return undefined;
  const symbolic = evaluator(derivative(formula, variable(by)))(point, center);
  return Math.abs(symbolic - (left + right) / 2) < 1e-4 * (1 + Math.abs(symbolic));
};

describe("every function", () => {
  test.each(Object.keys(scalarFunctions).filter(isFunctionName))("%s has the slope of its value", (name) => {
    const arity = arityOf(name);
    const args = Array.from({ length: arity }, (_, i) => variable(i));
    const formula = [name, ...args] as unknown as Formula; // sound: as many arguments as the function takes
    let compared = 0;
    for (const x of [0.3, 0.77, 1.21, 2.4])
      for (const other of [0.4, 1.9, 3.3])
        for (let by = 0; by < arity; by++) {
          const agrees = agreesAt(formula, by, [x, other, 1.7]);
          if (agrees === undefined) continue;
          compared++;
          expect(agrees, `by x${by} at ${x}, ${other}`).toBe(true);
        }
    expect(compared).toBeGreaterThanOrEqual(12);
  });
});

test("random formulas have the slopes of their values", () => {
  let compared = 0;
  const law = fc.property(formulas, fc.integer({ min: 0, max: 2 }), (formula, by) => {
    expect(readsNoMore(derivative(formula, variable(by)), formula)).toBe(true);
    const agrees = agreesAt(formula, by, [0.83, 1.37, -0.61]);
    if (agrees !== undefined) compared++;
    expect(agrees ?? true).toBe(true);
  });
  fc.assert(law, { numRuns: 2000, seed: 11 });
  expect(compared).toBeGreaterThan(1000);
});

test("at a tie of max and min the first argument gets all: TensorFlow's Maximum and Minimum", () => {
  for (const name of ["max", "min"] as const) {
    const slopes = [0, 1].map((by) => evaluator(derivative([name, "x0", "x1"], variable(by)))([2, 2], 2));
    expect(slopes).toEqual([1, 0]);
  }
});

test("abs has the slope 0 at 0", () => {
  expect(evaluator(derivative(["abs", "x0"], "x0"))([0], 0)).toBe(0);
});
