/** Formulas as functions: known values, IEEE's special cases, and the same by blocks as one by one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFormula } from "../../src/formula/check.js";
import { evaluateInto, evaluator } from "../../src/formula/evaluate.js";
import type { Formula } from "../../src/formula/formula.js";
import { isFunctionName, scalarFunctions } from "../../src/formula/functions.js";
import { formulas } from "./random-formula.js";

const known: readonly (readonly [formula: Formula, inputs: readonly number[], value: number])[] = [
  [3, [], 3],
  ["x1", [5, 7], 7],
  ["x2", [5, 7], Number.NaN],
  [["max", "x0", 0], [-2], 0],
  [["max", "x0", 0], [2], 2],
  [["min", "x0", 6], [8], 6],
  [["max", "x0", 0], [Number.NaN], Number.NaN],
  [["sub", ["mul", "x0", "x1"], 1], [3, 4], 11],
  [["div", 1, "x0"], [0], Number.POSITIVE_INFINITY],
  [["div", 1, "x0"], [-0], Number.NEGATIVE_INFINITY],
  [["neg", "x0"], [0], -0],
  [["abs", "x0"], [-0], 0],
  [["exp", "x0"], [1], Math.E],
  [["log", "x0"], [0], Number.NEGATIVE_INFINITY],
  [["log", "x0"], [-1], Number.NaN],
  [["log1p", "x0"], [1e-20], 1e-20],
  [["sqrt", "x0"], [-1], Number.NaN],
  [["tanh", "x0"], [Number.POSITIVE_INFINITY], 1],
  [["floor", "x0"], [-0.5], -1],
  [["pow", "x0", "x1"], [2, 10], 1024],
  [["pow", "x0", "x1"], [Number.NaN, 0], 1],
  [["gt", "x0", "x1"], [1, 1], 0],
  [["ge", "x0", "x1"], [1, 1], 1],
  [["eq", "x0", "x1"], [1, 1], 1],
  [["gt", "x0", 0], [Number.NaN], 0],
  [["select", "x0", 7, 8], [0], 8],
  [["select", "x0", 7, 8], [-3], 7],
  [["select", ["gt", "x0", 0], "x0", 0], [Number.NaN], 0],
];

test.each(known)("%j of %j is %d", (formula, inputs, value) => {
  expect(evaluator(formula)(inputs, Number.NaN)).toBe(value);
});

test("y is the output", () => {
  expect(evaluator(["mul", "y", ["sub", 1, "y"]])([], 0.25)).toBe(0.1875);
});

test("by blocks as one by one: more than a block of places, and inputs of one number", () => {
  fc.assert(
    fc.property(formulas, fc.constantFrom(1, 7, 1024, 2500), (formula, size) => {
      const column = Float64Array.from({ length: size }, (_, i) => Math.sin(i) + 1.5);
      const inputs = [column, Float64Array.of(0.75), column.toReversed()];
      const out = new Float64Array(size);
      evaluateInto(formula, inputs, out);
      const value = evaluator(formula);
      const wanted = column.map((x, i) => value([x, 0.75, inputs[2]?.[i] ?? 0], Number.NaN));
      expect(out).toEqual(wanted);
    }),
    { numRuns: 100, seed: 1 },
  );
});

describe("what is a formula", () => {
  test("whatever the random ones are", () => {
    fc.assert(fc.property(formulas, isFormula), { seed: 2 });
  });

  const none: readonly unknown[] = [
    undefined,
    null,
    {},
    [],
    "y",
    "x",
    "x01",
    "x-1",
    "x99999",
    "abc",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    ["add", 1],
    ["add", 1, 2, 3],
    ["neg"],
    ["select", 1, 2],
    ["valueOf", 1],
    [["add"], 1, 2],
    ["neg", ["add", 1, null]],
  ];
  test.each(none)("not %j", (value) => {
    expect(isFormula(value)).toBe(false);
  });

  test("names are own names of the table", () => {
    expect(Object.keys(scalarFunctions).every(isFunctionName)).toBe(true);
    expect(["toString", "__proto__", "constructor", ""].some(isFunctionName)).toBe(false);
  });
});
