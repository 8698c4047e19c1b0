/** Keys tell formulas apart wherever their values could differ; eachOnce writes an equal formula once. */
import { expect, test } from "vitest";
import type { Formula } from "../../src/formula/formula.js";
import { eachOnce, formulaKey } from "../../src/formula/key.js";
import { sigmoidIn } from "../../src/formula/sigmoid.js";

test("numbers that JSON writes alike have keys of their own", () => {
  const numbers = [0, -0, Number.NaN, Infinity, -Infinity];
  const keys = numbers.map((value) => formulaKey(["div", 1, value]));
  expect(new Set(keys).size).toBe(numbers.length);
});

test("an equal formula is written once, another one anew", () => {
  const written: Formula[] = [];
  const write = eachOnce((formula) => written.push(formula));
  const first = write(["div", 1, 0]);
  expect(write(["div", 1, 0])).toBe(first);
  expect(write(["div", 1, -0])).not.toBe(first);
  expect(written).toHaveLength(2);
});

test("a sigmoid is found with what it is multiplied by, and nothing else is one", () => {
  const below: Formula = ["add", 1, ["exp", ["neg", "x0"]]];
  expect(sigmoidIn(["div", 1, below])).toEqual({ times: 1, of: "x0" });
  expect(sigmoidIn(["div", "x0", below])).toEqual({ times: "x0", of: "x0" });
  for (const other of [
    ["div", 1, ["add", 2, ["exp", ["neg", "x0"]]]],
    ["div", 1, ["add", 1, ["exp", "x0"]]],
    "x0",
    1,
  ] as const)
    expect(sigmoidIn(other)).toBeUndefined();
});
