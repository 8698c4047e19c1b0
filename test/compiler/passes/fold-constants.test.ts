/** foldConstants: numbers are written into formulas, and what is made of numbers only becomes a number. */
import { expect, test } from "vitest";
import { foldConstants } from "../../../src/compiler/passes/fold-constants.js";
import { after, ir, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 4]);
const constant = (id: number, value: string, shape = "4"): string =>
  `%${id} = constant() {dtype: "f32", shape: [${shape}], value: ${value}} : f32[${shape}]`;

test("a number moves into the formula that reads it", () => {
  const before = ir(x, constant(1, "0.5"), "%2 = multiply(%0, %1) : f32[n, 4]", 'result "y" = %2');
  expect(after(foldConstants, before)).toBe(
    ir(x, '%1 = elementwise(%0) {formula: ["mul", "x0", 0.5]} : f32[n, 4]', 'result "y" = %1'),
  );
});

test("the inputs that are left are numbered anew", () => {
  const before = ir(
    x,
    constant(1, "2", ""),
    source(2, "parameter", "w", [4]),
    '%3 = elementwise(%1, %0, %2) {formula: ["sub", ["mul", "x0", "x1"], "x2"]} : f32[n, 4]',
    'result "y" = %3',
  );
  expect(after(foldConstants, before)).toBe(
    ir(
      x,
      source(1, "parameter", "w", [4]),
      '%2 = elementwise(%0, %1) {formula: ["sub", ["mul", 2, "x0"], "x1"]} : f32[n, 4]',
      'result "y" = %2',
    ),
  );
});

test("a formula of numbers becomes a number: 3 · 2 + 1 = 7", () => {
  const before = ir(
    constant(0, "3"),
    constant(1, "2", ""),
    '%2 = elementwise(%0, %1) {formula: ["add", ["mul", "x0", "x1"], 1]} : f32[4]',
    'result "y" = %2',
  );
  expect(after(foldConstants, before)).toBe(ir(constant(0, "7"), 'result "y" = %0'));
});

test("a chain of numbers folds in one go", () => {
  const before = ir(
    x,
    constant(1, "3"),
    "%2 = relu(%1) : f32[4]",
    "%3 = multiply(%2, %2) : f32[4]",
    "%4 = add(%0, %3) : f32[n, 4]",
    'result "y" = %4',
  );
  expect(after(foldConstants, before)).toBe(
    ir(x, '%1 = elementwise(%0) {formula: ["add", "x0", 9]} : f32[n, 4]', 'result "y" = %1'),
  );
});

test("equal numbers that are moved about stay equal numbers", () => {
  const before = ir(
    constant(0, "1", "2, 3"),
    "%1 = transpose(%0) {permutation: [1, 0]} : f32[3, 2]",
    "%2 = pad(%1) {pads: [[1, 0], [0, 0]], value: 1} : f32[4, 2]",
    'result "y" = %2',
  );
  expect(after(foldConstants, before)).toBe(ir(constant(0, "1", "4, 2"), 'result "y" = %0'));
});

const unchanged: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    "a constant of different numbers",
    [x, constant(1, "[1, 2, 3, 4]"), "%2 = multiply(%0, %1) : f32[n, 4]", 'result "y" = %2'],
  ],
  [
    "a constant that gives the result its shape",
    [source(0, "parameter", "w", [4]), constant(1, "2", "3, 4"), "%2 = add(%0, %1) : f32[3, 4]", 'result "y" = %2'],
  ],
  [
    "padding with another number",
    [constant(0, "1"), "%1 = pad(%0) {pads: [[1, 0]], value: 0} : f32[5]", 'result "y" = %1'],
  ],
  [
    "a shape with the batch in it: a constant's shape is numbers",
    [constant(0, "1", "1, 4"), '%1 = broadcastTo(%0) {shape: ["n", 4]} : f32[n, 4]', 'result "y" = %1'],
  ],
  [
    "what is no finite number: the text of a graph has none for it",
    [constant(0, "-1"), '%1 = elementwise(%0) {formula: ["log", "x0"]} : f32[4]', 'result "y" = %1'],
  ],
  [
    "weights: they are numbers only once they are loaded",
    [source(0, "parameter", "w", [4]), '%1 = elementwise(%0) {formula: ["mul", "x0", 2]} : f32[4]', 'result "y" = %1'],
  ],
];

test.each(unchanged)("does not fold %s", (_, lines) => {
  expect(after(foldConstants, ir(...lines))).toBe(ir(...lines));
});
