/** The `elementwise` operator of a formula against TensorFlow's values, on each backend. */
import { describe, expect, test } from "vitest";
import { orReject } from "../../src/errors.js";
import { abs, add, exp, log1p, max, neg, sub, type Formula } from "../../src/formula/formula.js";
import { backendsUnderTest, passesUnderTest } from "../support/backends.js";
import { workedExamples } from "../support/fixtures.js";
import { runOperator } from "../support/run-graph.js";

/** Formulas of functions that are witnessed by the fixture of that name. */
const witnessed: readonly (readonly [name: string, formula: Formula])[] = [
  ["subtract", sub("x0", "x1")],
  ["softplus", add(max("x0", 0), log1p(exp(neg(abs("x0")))))],
];

/** Element by element: a norm over all would hide small numbers behind large ones. */
const close = (got: number, wanted: number): boolean =>
  Object.is(got, wanted) || Math.abs(got - wanted) <= 2e-6 * Math.abs(wanted) + 1e-12;

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test.each(witnessed)("%s", async (name, formula) => {
    const device = await orReject(backend.load);
    const examples = workedExamples(name) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const { inputs, output } of examples) {
      const got = (await runOperator(device, "elementwise", inputs, { formula }, passesUnderTest)).map(Math.fround);
      const wrong = Array.from(got, (value, i) => [i, value, output.data[i] ?? Number.NaN] as const).filter(
        ([, value, wanted]) => !close(value, wanted),
      );
      expect(got.length).toBe(output.data.length);
      expect(wrong, `${name}: [place, got, wanted]`).toEqual([]);
    }
  });
});
