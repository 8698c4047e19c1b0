/** simplifyFormulas: algebra and value ranges, and what they leave alone because of NaN, −0 and infinities. */
import { expect, test } from "vitest";
import { simplifyFormulas } from "../../../src/compiler/passes/simplify-formulas.js";
import { after, ir, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 4]);
const type = "f32[n, 4]";
const formula = (id: number, read: number, text: string): string =>
  `%${id} = elementwise(%${read}) {formula: ${text}} : ${type}`;

const shorter: readonly (readonly [name: string, lines: readonly string[], wanted: readonly string[]])[] = [
  ["relu of relu", [`%1 = relu(%0) : ${type}`, `%2 = relu(%1) : ${type}`], [`%1 = relu(%0) : ${type}`]],
  ["relu6 of relu", [`%1 = relu(%0) : ${type}`, `%2 = relu6(%1) : ${type}`], [`%1 = relu6(%0) : ${type}`]],
  ["relu of sigmoid", [`%1 = sigmoid(%0) : ${type}`, `%2 = relu(%1) : ${type}`], [`%1 = sigmoid(%0) : ${type}`]],
  ["max(x, 0), by its name", [formula(1, 0, '["max", "x0", 0]')], [`%1 = relu(%0) : ${type}`]],
  ["−(−x)", [formula(1, 0, '["neg", "x0"]'), formula(2, 1, '["neg", "x0"]')], []],
  ["x · 1", [formula(1, 0, '["mul", "x0", 1]')], []],
  [
    "2 x · 3",
    [formula(1, 0, '["mul", "x0", 2]'), formula(2, 1, '["mul", "x0", 3]')],
    [formula(1, 0, '["mul", "x0", 6]')],
  ],
  ["|sigmoid|", [`%1 = sigmoid(%0) : ${type}`, formula(2, 1, '["abs", "x0"]')], [`%1 = sigmoid(%0) : ${type}`]],
];

test.each(shorter)("%s becomes less", (_, lines, wanted) => {
  expect(after(simplifyFormulas, ir(x, ...lines, `result "y" = %${lines.length}`))).toBe(
    ir(x, ...wanted, `result "y" = %${wanted.length}`),
  );
});

const left: readonly (readonly [name: string, line: string])[] = [
  ["x · 0: NaN and infinities give NaN", formula(1, 0, '["mul", "x0", 0]')],
  ["x − x: the same", formula(1, 0, '["sub", "x0", "x0"]')],
  ["a minimum that only NaN could win", formula(1, 0, '["min", ["max", "x0", 1], ["max", "x0", 0]]')],
  ["a comparison, which is 0 for NaN", formula(1, 0, '["ge", ["max", "x0", 0], 0]')],
  ["1 + eˣ: the order of a sum is the kernels'", formula(1, 0, '["add", 1, ["exp", "x0"]]')],
];

test.each(left)("leaves %s", (_, line) => {
  const before = ir(x, line, 'result "y" = %1');
  expect(after(simplifyFormulas, before)).toBe(before);
});
