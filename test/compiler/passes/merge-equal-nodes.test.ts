/** mergeEqualNodes: the same operator, inputs and attributes are computed once. */
import { expect, test } from "vitest";
import { mergeEqualNodes } from "../../../src/compiler/passes/merge-equal-nodes.js";
import { after, ir, product, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 4]);

test("equal nodes become one, and so do the nodes that read them", () => {
  const before = ir(
    x,
    "%1 = relu(%0) : f32[n, 4]",
    "%2 = relu(%0) : f32[n, 4]",
    "%3 = sigmoid(%1) : f32[n, 4]",
    "%4 = sigmoid(%2) : f32[n, 4]",
    "%5 = add(%3, %4) : f32[n, 4]",
    'result "y" = %5',
  );
  expect(after(mergeEqualNodes, before)).toBe(
    ir(
      x,
      "%1 = relu(%0) : f32[n, 4]",
      "%2 = sigmoid(%1) : f32[n, 4]",
      "%3 = add(%2, %2) : f32[n, 4]",
      'result "y" = %3',
    ),
  );
});

test("the order in which attributes are written does not count", () => {
  const before = ir(
    x,
    source(1, "parameter", "k", [4, 4]),
    `%2 = matMul(%0, %1) ${product} : f32[n, 4]`,
    "%3 = matMul(%0, %1) {transposeB: false, transposeA: false} : f32[n, 4]",
    "%4 = add(%2, %3) : f32[n, 4]",
    'result "y" = %4',
  );
  expect(after(mergeEqualNodes, before)).toContain("add(%2, %2)");
});

test("equal constants become one; two results may be one node", () => {
  const constant = (id: number): string => `%${id} = constant() {dtype: "f32", shape: [], value: 1} : f32[]`;
  const before = ir(constant(0), constant(1), 'result "a" = %0', 'result "b" = %1');
  expect(after(mergeEqualNodes, before)).toBe(ir(constant(0), 'result "a" = %0', 'result "b" = %0'));
});

const different: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ["other attributes", ["%1 = leakyRelu(%0) {alpha: 0.1} : f32[n, 4]", "%2 = leakyRelu(%0) {alpha: 0.2} : f32[n, 4]"]],
  [
    "0 and −0",
    [
      '%1 = elementwise(%0) {formula: ["div", "x0", 0]} : f32[n, 4]',
      '%2 = elementwise(%0) {formula: ["div", "x0", -0]} : f32[n, 4]',
    ],
  ],
  [
    "another order of inputs",
    ["%1 = sigmoid(%0) : f32[n, 4]", "%2 = add(%0, %1) : f32[n, 4]", "%3 = add(%1, %0) : f32[n, 4]"],
  ],
  [
    "other streams of random numbers",
    [
      '%1 = state() {dtype: "i32", name: "step", shape: []} : i32[]',
      '%2 = uniform(%1) {key: [1, 2], shape: ["n", 4]} : f32[n, 4]',
      '%3 = uniform(%1) {key: [1, 3], shape: ["n", 4]} : f32[n, 4]',
    ],
  ],
  [
    "inputs of other names",
    [
      '%1 = input() {dtype: "f32", name: "z", shape: ["n", 4]} : f32[n, 4]',
      "%2 = relu(%0) : f32[n, 4]",
      "%3 = relu(%1) : f32[n, 4]",
    ],
  ],
];

test.each(different)("keeps %s apart", (_, lines) => {
  const before = ir(x, ...lines, ...lines.map((__, index) => `result "y${index}" = %${index + 1}`));
  expect(after(mergeEqualNodes, before)).toBe(before);
});
