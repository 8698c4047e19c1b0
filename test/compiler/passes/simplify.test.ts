/** simplify: moves of data that do nothing or undo each other. */
import { expect, test } from "vitest";
import { eliminateDeadCode } from "../../../src/compiler/passes/eliminate-dead-code.js";
import { mergeEqualNodes } from "../../../src/compiler/passes/merge-equal-nodes.js";
import { simplify } from "../../../src/compiler/passes/simplify.js";
import { operators } from "../../../src/ops/registry.js";
import { after, anyTarget, ir, parsed, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 4, 6]);
const image = source(0, "input", "x", ["n", 4, 6, 3]);

const doNothing: readonly (readonly [name: string, line: string])[] = [
  ["a reshape to the same shape", '%1 = reshape(%0) {shape: ["n", 4, 6]} : f32[n, 4, 6]'],
  ["a broadcast to the same shape", '%1 = broadcastTo(%0) {shape: ["n", 4, 6]} : f32[n, 4, 6]'],
  ["a slice of everything", '%1 = slice(%0) {begin: [0, 0, 0], size: ["n", 4, 6]} : f32[n, 4, 6]'],
  ["a pad by nothing", "%1 = pad(%0) {pads: [[0, 0], [0, 0], [0, 0]], value: 7} : f32[n, 4, 6]"],
  ["a transpose that moves no axis", "%1 = transpose(%0) {permutation: [0, 1, 2]} : f32[n, 4, 6]"],
  ["a cast to the same type", '%1 = cast(%0) {dtype: "f32"} : f32[n, 4, 6]'],
];

test.each(doNothing)("%s goes", (_, line) => {
  const before = ir(x, line, "%2 = relu(%1) : f32[n, 4, 6]", 'result "y" = %2');
  expect(after(simplify, before)).toBe(ir(x, "%1 = relu(%0) : f32[n, 4, 6]", 'result "y" = %1'));
});

test("a result that a move gives back is the move's input", () => {
  const before = ir(x, '%1 = reshape(%0) {shape: ["n", 4, 6]} : f32[n, 4, 6]', 'result "y" = %1');
  expect(after(simplify, before)).toBe(ir(x, 'result "y" = %0'));
});

test("the last of several reshapes counts", () => {
  const before = ir(
    x,
    '%1 = reshape(%0) {shape: ["n", 24]} : f32[n, 24]',
    '%2 = reshape(%1) {shape: ["n", 2, 12]} : f32[n, 2, 12]',
    '%3 = reshape(%2) {shape: ["n", 3, 8]} : f32[n, 3, 8]',
    'result "y" = %3',
  );
  expect(after(simplify, before)).toBe(
    ir(x, '%1 = reshape(%0) {shape: ["n", 3, 8]} : f32[n, 3, 8]', 'result "y" = %1'),
  );
});

test("a reshape there and back goes", () => {
  const before = ir(
    x,
    '%1 = reshape(%0) {shape: ["24n"]} : f32[24n]',
    '%2 = reshape(%1) {shape: ["n", 4, 6]} : f32[n, 4, 6]',
    "%3 = relu(%2) : f32[n, 4, 6]",
    'result "y" = %3',
  );
  expect(after(simplify, before)).toBe(ir(x, "%1 = relu(%0) : f32[n, 4, 6]", 'result "y" = %1'));
});

test("transposes that undo each other go", () => {
  const before = ir(
    image,
    "%1 = transpose(%0) {permutation: [3, 1, 2, 0]} : f32[3, 4, 6, n]",
    "%2 = transpose(%1) {permutation: [3, 1, 2, 0]} : f32[n, 4, 6, 3]",
    "%3 = relu(%2) : f32[n, 4, 6, 3]",
    'result "y" = %3',
  );
  expect(after(simplify, before)).toBe(ir(image, "%1 = relu(%0) : f32[n, 4, 6, 3]", 'result "y" = %1'));
});

test("transposes that do not undo each other become one: axis i is axis p1[p2[i]]", () => {
  const before = ir(
    image,
    "%1 = transpose(%0) {permutation: [3, 1, 2, 0]} : f32[3, 4, 6, n]",
    "%2 = transpose(%1) {permutation: [1, 2, 0, 3]} : f32[4, 6, 3, n]",
    'result "y" = %2',
  );
  expect(after(simplify, before)).toBe(
    ir(image, "%1 = transpose(%0) {permutation: [1, 2, 3, 0]} : f32[4, 6, 3, n]", 'result "y" = %1'),
  );
});

test("a transpose that somebody else reads stays, and the second no longer reads it", () => {
  const before = ir(
    image,
    "%1 = transpose(%0) {permutation: [3, 1, 2, 0]} : f32[3, 4, 6, n]",
    "%2 = transpose(%1) {permutation: [3, 1, 2, 0]} : f32[n, 4, 6, 3]",
    "%3 = relu(%1) : f32[3, 4, 6, n]",
    "%4 = relu(%2) : f32[n, 4, 6, 3]",
    'result "a" = %3',
    'result "b" = %4',
  );
  expect(after(simplify, before)).toBe(
    ir(
      image,
      "%1 = transpose(%0) {permutation: [3, 1, 2, 0]} : f32[3, 4, 6, n]",
      "%2 = relu(%1) : f32[3, 4, 6, n]",
      "%3 = relu(%0) : f32[n, 4, 6, 3]",
      'result "a" = %2',
      'result "b" = %3',
    ),
  );
});

test("a slice that cuts, a pad that pads and a cast that converts stay", () => {
  const before = ir(
    x,
    '%1 = slice(%0) {begin: [0, 1, 0], size: ["n", 3, 6]} : f32[n, 3, 6]',
    "%2 = pad(%1) {pads: [[0, 0], [1, 0], [0, 0]], value: 0} : f32[n, 4, 6]",
    '%3 = cast(%2) {dtype: "i32"} : i32[n, 4, 6]',
    '%4 = cast(%3) {dtype: "f32"} : f32[n, 4, 6]',
    'result "y" = %4',
  );
  expect(after(simplify, before)).toBe(before);
});

const parts: readonly (readonly [name: string, lines: readonly string[], wanted: readonly string[]])[] = [
  [
    "a slice of a slice",
    [
      '%1 = slice(%0) {begin: [0, 1, 2], size: ["n", 3, 4]} : f32[n, 3, 4]',
      '%2 = slice(%1) {begin: [0, 1, 1], size: ["n", 2, 3]} : f32[n, 2, 3]',
    ],
    ['%1 = slice(%0) {begin: [0, 2, 3], size: ["n", 2, 3]} : f32[n, 2, 3]'],
  ],
  [
    "a pad of a pad with the same number",
    [
      "%1 = pad(%0) {pads: [[0, 0], [1, 0], [0, 0]], value: 2} : f32[n, 5, 6]",
      "%2 = pad(%1) {pads: [[0, 0], [1, 1], [0, 3]], value: 2} : f32[n, 7, 9]",
    ],
    ["%1 = pad(%0) {pads: [[0, 0], [2, 1], [0, 3]], value: 2} : f32[n, 7, 9]"],
  ],
  [
    "a slice of a pad that cuts the padding off",
    [
      "%1 = pad(%0) {pads: [[0, 0], [2, 1], [0, 0]], value: 2} : f32[n, 7, 6]",
      '%2 = slice(%1) {begin: [0, 1, 0], size: ["n", 3, 6]} : f32[n, 3, 6]',
    ],
    [
      '%1 = slice(%0) {begin: [0, 0, 0], size: ["n", 2, 6]} : f32[n, 2, 6]',
      "%2 = pad(%1) {pads: [[0, 0], [1, 0], [0, 0]], value: 2} : f32[n, 3, 6]",
    ],
  ],
  [
    "a slice of one part of a join",
    [
      "%1 = relu(%0) : f32[n, 4, 6]",
      "%2 = concatenate(%0, %1) {axis: 2} : f32[n, 4, 12]",
      '%3 = slice(%2) {begin: [0, 0, 7], size: ["n", 4, 5]} : f32[n, 4, 5]',
    ],
    ["%1 = relu(%0) : f32[n, 4, 6]", '%2 = slice(%1) {begin: [0, 0, 1], size: ["n", 4, 5]} : f32[n, 4, 5]'],
  ],
  [
    "a join of joins, and of one",
    [
      "%1 = concatenate(%0) {axis: 2} : f32[n, 4, 6]",
      "%2 = concatenate(%1, %0) {axis: 2} : f32[n, 4, 12]",
      "%3 = concatenate(%2, %0) {axis: 2} : f32[n, 4, 18]",
    ],
    ["%1 = concatenate(%0, %0, %0) {axis: 2} : f32[n, 4, 18]"],
  ],
  [
    "what is cut and joined again",
    [
      '%1 = slice(%0) {begin: [0, 0, 0], size: ["n", 4, 2]} : f32[n, 4, 2]',
      '%2 = slice(%0) {begin: [0, 0, 2], size: ["n", 4, 4]} : f32[n, 4, 4]',
      "%3 = concatenate(%1, %2) {axis: 2} : f32[n, 4, 6]",
      "%4 = relu(%3) : f32[n, 4, 6]",
    ],
    ["%1 = relu(%0) : f32[n, 4, 6]"],
  ],
];

test.each(parts)("%s becomes one", (_, lines, wanted) => {
  expect(after(simplify, ir(x, ...lines, `result "y" = %${lines.length}`))).toBe(
    ir(x, ...wanted, `result "y" = %${wanted.length}`),
  );
});

test("pads with different numbers, and a join along another axis, stay", () => {
  const before = ir(
    x,
    "%1 = pad(%0) {pads: [[0, 0], [1, 0], [0, 0]], value: 2} : f32[n, 5, 6]",
    "%2 = pad(%1) {pads: [[0, 0], [1, 0], [0, 0]], value: 3} : f32[n, 6, 6]",
    "%3 = concatenate(%2, %2) {axis: 1} : f32[n, 12, 6]",
    "%4 = concatenate(%3, %3) {axis: 2} : f32[n, 12, 12]",
    'result "y" = %4',
  );
  expect(after(simplify, before)).toBe(before);
});

test("a graph in which nothing is replaced is given back as it is, so that the next pass knows it", () => {
  const graph = parsed(ir(source(0, "input", "x", ["n", 4]), "%1 = relu(%0) : f32[n, 4]", 'result "y" = %1'));
  const context = { registry: operators, target: anyTarget };
  for (const pass of [simplify, mergeEqualNodes, eliminateDeadCode]) expect(pass.run(graph, context)).toBe(graph);
});
