/** separate: coefficient times core is the formula; the coefficient reads only what it may. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluator } from "../../src/formula/evaluate.js";
import { variablesOf, type Formula } from "../../src/formula/formula.js";
import { separate } from "../../src/formula/separate.js";

const isSmall = (name: string): boolean => name === "x1" || name === "x2";

test.each([
  [["mul", "x0", "x1"], "x1", "x0"],
  [
    ["div", ["sub", "x0", "x3"], ["sqrt", "x1"]],
    ["div", 1, ["sqrt", "x1"]],
    ["sub", "x0", "x3"],
  ],
  [["neg", ["mul", "x1", "x0"]], ["neg", "x1"], "x0"],
  [["add", ["mul", "x0", 2], ["mul", "x0", "x1"]], ["add", 2, "x1"], "x0"],
  [["sub", ["mul", "x1", "x0"], ["mul", "x1", "x3"]], "x1", ["sub", "x0", "x3"]],
  [["select", ["gt", "x3", 0], ["mul", "x0", "x1"], 0], "x1", ["select", ["gt", "x3", 0], "x0", 0]],
  [["exp", "x1"], ["exp", "x1"], 1],
  [["exp", "x0"], 1, ["exp", "x0"]],
  [["add", "x0", "x1"], 1, ["add", "x0", "x1"]],
] as const satisfies readonly (readonly [Formula, Formula, Formula])[])("%j", (formula, coefficient, core) => {
  expect(separate(formula, isSmall)).toEqual({ coefficient, core });
});

const { formulas } = fc.letrec<{ formulas: Formula }>((tie) => ({
  formulas: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Formula>("x0", "x1", "x2", "x3", 2, -1),
    fc.tuple(fc.constantFrom("add", "sub", "mul", "div"), tie("formulas"), tie("formulas")) as fc.Arbitrary<Formula>,
    fc.tuple(fc.constant("neg"), tie("formulas")) as fc.Arbitrary<Formula>,
    fc.tuple(fc.constant("select"), tie("formulas"), tie("formulas"), fc.constant(0)) as fc.Arbitrary<Formula>,
  ),
}));

test("the product is the formula, on random ones", () => {
  fc.assert(
    fc.property(
      formulas,
      fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }),
      (formula, xs) => {
        const { coefficient, core } = separate(formula, isSmall);
        expect([...variablesOf(coefficient)].every(isSmall)).toBe(true);
        const [whole, left, right] = [formula, coefficient, core].map((one) => evaluator(one)(xs, Number.NaN));
        const product = (left ?? 0) * (right ?? 0);
        // Where a difference of terms cancels, nothing is left to compare.
        if (!Number.isFinite(whole) || !Number.isFinite(product) || Math.abs(whole ?? 0) < 1e-6) return;
        expect(Math.abs(product / (whole ?? 1) - 1)).toBeLessThan(1e-6);
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});
