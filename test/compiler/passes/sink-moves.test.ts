/** sinkMoves and sinkIntoJoins: elementwise work goes before moves and joins. */
import { expect, test } from "vitest";
import { sinkIntoJoins } from "../../../src/compiler/passes/sink-into-joins.js";
import { sinkMoves } from "../../../src/compiler/passes/sink-moves.js";
import { after, ir, product, slide, source } from "../ir-text.js";

const x = source(0, "input", "x", ["n", 6, 4, 3]);
const turned = (id: number, of: number): string =>
  `%${id} = transpose(%${of}) {permutation: [0, 3, 1, 2]} : f32[n, 3, 6, 4]`;

test("a transpose goes behind an activation", () => {
  expect(after(sinkMoves, ir(x, turned(1, 0), "%2 = relu(%1) : f32[n, 3, 6, 4]", 'result "y" = %2'))).toBe(
    ir(x, "%1 = relu(%0) : f32[n, 6, 4, 3]", turned(2, 1), 'result "y" = %2'),
  );
});

test("two equal transposes become one behind their sum", () => {
  const z = source(1, "input", "z", ["n", 6, 4, 3]);
  const before = ir(x, z, turned(2, 0), turned(3, 1), "%4 = add(%2, %3) : f32[n, 3, 6, 4]", 'result "y" = %4');
  expect(after(sinkMoves, before)).toBe(
    ir(x, z, "%2 = add(%0, %1) : f32[n, 6, 4, 3]", turned(3, 2), 'result "y" = %3'),
  );
});

test("the bias of a dense layer over the last axis goes before its reshape", () => {
  const sources = [
    source(0, "input", "x", [24, 3]),
    source(1, "parameter", "k", [3, 5]),
    source(2, "parameter", "b", [5]),
  ];
  const before = ir(
    ...sources,
    `%3 = matMul(%0, %1) ${product} : f32[24, 5]`,
    "%4 = reshape(%3) {shape: [4, 6, 5]} : f32[4, 6, 5]",
    "%5 = biasAdd(%4, %2) : f32[4, 6, 5]",
    'result "y" = %5',
  );
  expect(after(sinkMoves, before)).toBe(
    ir(
      ...sources,
      `%3 = matMul(%0, %1) ${product} : f32[24, 5]`,
      "%4 = biasAdd(%3, %2) : f32[24, 5]",
      "%5 = reshape(%4) {shape: [4, 6, 5]} : f32[4, 6, 5]",
      'result "y" = %5',
    ),
  );
});

const left: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    "a moved value that is a result too",
    [turned(1, 0), "%2 = relu(%1) : f32[n, 3, 6, 4]", 'result "t" = %1', 'result "y" = %2'],
  ],
  [
    "a sum with what is not moved",
    [turned(1, 0), source(2, "input", "z", ["n", 3, 6, 4]), "%3 = add(%1, %2) : f32[n, 3, 6, 4]", 'result "y" = %3'],
  ],
  [
    "a factor that varies along two axes",
    [turned(1, 0), source(2, "parameter", "v", [6, 4]), "%3 = multiply(%1, %2) : f32[n, 3, 6, 4]", 'result "y" = %3'],
  ],
];

test.each(left)("leaves %s", (_, lines) => {
  const before = ir(x, ...lines);
  expect(after(sinkMoves, before)).toBe(before);
});

test("bias and activation of a concatenation go to its parts, the bias cut as they are", () => {
  const sources = [
    source(0, "input", "x", ["n", 6, 6, 3]),
    source(1, "parameter", "k", [3, 3, 3, 4]),
    source(2, "parameter", "b", [8]),
  ];
  const conv = (id: number): string => `%${id} = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`;
  const join = "%5 = concatenate(%3, %4) {axis: 3} : f32[n, 4, 4, 8]";
  const before = ir(
    ...sources,
    conv(3),
    conv(4),
    join,
    "%6 = biasAdd(%5, %2) : f32[n, 4, 4, 8]",
    "%7 = relu(%6) : f32[n, 4, 4, 8]",
    'result "y" = %7',
  );
  const sunk = after(sinkIntoJoins, before);
  expect(sunk.match(/biasAdd/g)).toHaveLength(2);
  expect(sunk).toContain("slice(%2) {begin: [4], size: [4]} : f32[4]");
  expect(sunk).toMatch(/relu\(%\d+\) : f32\[n, 4, 4, 4\]\n%\d+ = concatenate\(.*\n*result/);
  const shared = before.replace('result "y"', 'result "c" = %5\nresult "y"');
  expect(after(sinkIntoJoins, shared)).toBe(shared);
});
