/** eliminateDeadCode: what nobody reads goes, and ids are 0, 1, 2 … again. */
import { expect, test } from "vitest";
import { eliminateDeadCode } from "../../../src/compiler/passes/eliminate-dead-code.js";
import { exactlyAfter, ir, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 4]);

test("a branch that leads nowhere goes, with the weight that only it reads", () => {
  const before = ir(
    x,
    source(1, "parameter", "unused", [4]),
    "%2 = multiply(%0, %1) : f32[n, 4]",
    "%3 = relu(%2) : f32[n, 4]",
    "%4 = sigmoid(%0) : f32[n, 4]",
    'result "y" = %4',
  );
  expect(exactlyAfter(eliminateDeadCode, before)).toBe(ir(x, "%1 = sigmoid(%0) : f32[n, 4]", 'result "y" = %1'));
});

test("inputs stay: they are the graph's signature", () => {
  const before = ir(x, source(1, "parameter", "w", [4]), 'result "y" = %1');
  expect(exactlyAfter(eliminateDeadCode, before)).toBe(before);
});

test("an update is a reader", () => {
  const before = ir(
    source(0, "state", "count", [4]),
    '%1 = elementwise(%0) {formula: ["add", "x0", 1]} : f32[4]',
    'update "count" = %1',
  );
  expect(exactlyAfter(eliminateDeadCode, before)).toBe(before);
});

test("a graph without outputs keeps its inputs only", () => {
  expect(exactlyAfter(eliminateDeadCode, ir(x, "%1 = relu(%0) : f32[n, 4]"))).toBe(ir(x));
});
