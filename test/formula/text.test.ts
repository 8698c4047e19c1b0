/** Formulas as people write them: few parentheses, and never another meaning. */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluator } from "../../src/formula/evaluate.js";
import type { Formula } from "../../src/formula/formula.js";
import { isFunctionName, scalarFunctions } from "../../src/formula/functions.js";
import { formulaText } from "../../src/formula/text.js";
import { formulas } from "./random-formula.js";

const written: readonly (readonly [formula: Formula, text: string])[] = [
  [["max", "x0", 0], "max(x0, 0)"],
  [["mul", "x0", ["sub", 1, "y"]], "x0 * (1 - y)"],
  [["sub", ["sub", "x0", "x1"], "x2"], "x0 - x1 - x2"],
  [["sub", "x0", ["sub", "x1", "x2"]], "x0 - (x1 - x2)"],
  [["div", "x0", ["mul", "x1", "x2"]], "x0 / (x1 * x2)"],
  [["add", ["mul", "x0", "x1"], "x2"], "x0 * x1 + x2"],
  [["select", ["gt", "x0", 0], "x0", ["mul", 0.1, "x0"]], "select(x0 > 0, x0, 0.1 * x0)"],
  [["gt", ["eq", "x0", 1], "x1"], "(x0 == 1) > x1"],
  [["eq", ["gt", "x0", 0.5], ["gt", "x1", 0.5]], "x0 > 0.5 == x1 > 0.5"],
  [["neg", ["add", "x0", 1]], "neg(x0 + 1)"],
];

test.each(written)("%j is written %s", (formula, text) => {
  expect(formulaText(formula)).toBe(text);
});

test("the text read as JavaScript has the value of the formula", () => {
  const names = Object.keys(scalarFunctions).filter(isFunctionName);
  // JavaScript's comparisons give true and false for 1 and 0.
  const functions = Object.fromEntries(
    names.map((name) => [name, (...args: readonly unknown[]) => scalarFunctions[name].value(...args.map(Number))]),
  );
  const [x0, x1, x2] = [0.83, 1.37, -0.61];
  const inputs = [x0, x1, x2];
  fc.assert(
    fc.property(formulas, (formula) => {
      const value: unknown = runInNewContext(`Number(${formulaText(formula)})`, { ...functions, x0, x1, x2 });
      expect(value).toEqual(evaluator(formula)(inputs, Number.NaN));
    }),
    { numRuns: 500, seed: 12 },
  );
});
