/** foldInputScale: conv(x s + t, k) = conv(x, s k) + conv(t, k), and the traps where that would be wrong. */
import { expect, test } from "vitest";
import { foldInputScale } from "../../../src/compiler/passes/fold-input-scale.js";
import { after, ir, product, slide, source, withoutDead } from "../ir-text.js";

const image = source(0, "input", "x", ["n", 6, 6, 3]);
const kernel = source(1, "parameter", "k", [3, 3, 3, 4]);
const vector = source(2, "parameter", "v", [3]);
const scaled = "%3 = multiply(%0, %2) : f32[n, 6, 6, 3]";
const shifted = "%3 = subtract(%0, %2) : f32[n, 6, 6, 3]";
const conv = `%4 = conv2d(%3, %1) ${slide()} : f32[n, 4, 4, 4]`;
const padded = `%4 = conv2d(%3, %1) ${slide().replace("[[0, 0], [0, 0]]", "[[1, 1], [1, 1]]")} : f32[n, 6, 6, 4]`;

test("a scale multiplies the kernel by input channels, with padding too: 0 s = 0", () => {
  for (const line of [conv, padded])
    expect(after(foldInputScale, ir(image, kernel, vector, scaled, line, 'result "y" = %4'))).toBe(
      ir(
        image,
        kernel,
        vector,
        "%3 = reshape(%2) {shape: [3, 1]} : f32[3, 1]",
        "%4 = multiply(%1, %3) : f32[3, 3, 3, 4]",
        line.replace("%4", "%5").replace("conv2d(%3, %1)", "conv2d(%0, %4)"),
        'result "y" = %5',
      ),
    );
});

test("a shift is a bias: the kernel's answer to a window of it", () => {
  expect(after(foldInputScale, ir(image, kernel, vector, shifted, conv, 'result "y" = %4'))).toBe(
    ir(
      image,
      kernel,
      vector,
      '%3 = elementwise(%2) {formula: ["neg", "x0"]} : f32[3]',
      "%4 = reshape(%3) {shape: [1, 1, 1, 3]} : f32[1, 1, 1, 3]",
      "%5 = broadcastTo(%4) {shape: [1, 3, 3, 3]} : f32[1, 3, 3, 3]",
      `%6 = conv2d(%5, %1) ${slide()} : f32[1, 1, 1, 4]`,
      "%7 = reduceSum(%6) {axes: [0, 1, 2], keepDims: false} : f32[4]",
      `%8 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%9 = biasAdd(%8, %7) : f32[n, 4, 4, 4]",
      'result "y" = %9',
    ),
  );
});

test("in a matrix product, whose rows are the input's channels", () => {
  const sources = [source(0, "input", "x", ["n", 3]), source(1, "parameter", "k", [3, 5]), vector];
  const before = ir(
    ...sources,
    "%3 = multiply(%0, %2) : f32[n, 3]",
    `%4 = matMul(%3, %1) ${product} : f32[n, 5]`,
    'result "y" = %4',
  );
  expect(after(foldInputScale, before)).toBe(
    ir(
      ...sources,
      "%3 = reshape(%2) {shape: [3, 1]} : f32[3, 1]",
      "%4 = multiply(%1, %3) : f32[3, 5]",
      `%5 = matMul(%0, %4) ${product} : f32[n, 5]`,
      'result "y" = %5',
    ),
  );
});

const left: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ["a shift before padding: the padding is 0 after it", [shifted, padded, 'result "y" = %4']],
  ["a scaled value that is a result too", [scaled, conv, 'result "s" = %3', 'result "y" = %4']],
  [
    "a scaled value that two convolutions read",
    [
      scaled,
      conv,
      `%5 = conv2d(%3, %1) ${slide().replace("[1, 1]}", "[2, 2]}")} : f32[n, 2, 2, 4]`,
      'result "y" = %4',
      'result "z" = %5',
    ],
  ],
];

test.each(left)("leaves %s", (_, lines) => {
  const before = withoutDead(ir(image, kernel, vector, ...lines));
  expect(after(foldInputScale, before)).toBe(before);
});

test("leaves batch normalisation over another axis", () => {
  const before = ir(image, kernel, source(2, "parameter", "v", [6, 1]), scaled, conv, 'result "y" = %4');
  expect(after(foldInputScale, before)).toBe(before);
});
