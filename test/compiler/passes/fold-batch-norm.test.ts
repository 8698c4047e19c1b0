/** foldBatchNorm: y = conv(x, k s) + (b − μ) s + β with s = γ / √(σ² + ε), and the traps where that would be wrong. */
import { expect, test } from "vitest";
import { foldBatchNorm } from "../../../src/compiler/passes/fold-batch-norm.js";
import { after, ir, product, slide, source, withoutDead } from "../ir-text.js";

const image = source(0, "input", "x", ["n", 6, 6, 3]);
const kernel = source(1, "parameter", "k", [3, 3, 3, 4]);

/** The four statistics, numbered from `first`. */
const statistics = (first: number): readonly string[] => [
  source(first, "state", "mean", [4]),
  source(first + 1, "state", "variance", [4]),
  source(first + 2, "parameter", "gamma", [4]),
  source(first + 3, "parameter", "beta", [4]),
];

/** Batch normalisation of %x by the statistics numbered from `first`. */
const normalised = (id: number, x: number, first: number, shape = "f32[n, 4, 4, 4]"): string =>
  `%${id} = batchNormalization(%${x}, %${first}, %${first + 1}, %${first + 2}, %${first + 3}) {epsilon: 0.001} : ${shape}`;

const scale = '{formula: ["div", "x0", ["sqrt", ["add", "x1", 0.001]]]}';
/** γ (0 − μ) / √(σ² + ε) + β: what it makes of 0. */
const shift = '{formula: ["add", ["mul", ["div", ["neg", "x0"], ["sqrt", ["add", "x1", 0.001]]], "x2"], "x3"]}';
const shiftWithBias =
  '{formula: ["add", ["mul", ["div", ["sub", "x0", "x1"], ["sqrt", ["add", "x2", 0.001]]], "x3"], "x4"]}';

test("folds into the convolution before it", () => {
  const before = ir(
    image,
    kernel,
    ...statistics(2),
    `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    normalised(7, 6, 2),
    'result "y" = %7',
  );
  expect(after(foldBatchNorm, before)).toBe(
    ir(
      image,
      kernel,
      ...statistics(2),
      `%6 = elementwise(%4, %3) ${scale} : f32[4]`,
      "%7 = multiply(%1, %6) : f32[3, 3, 3, 4]",
      `%8 = conv2d(%0, %7) ${slide()} : f32[n, 4, 4, 4]`,
      `%9 = elementwise(%2, %3, %4, %5) ${shift} : f32[4]`,
      "%10 = biasAdd(%8, %9) : f32[n, 4, 4, 4]",
      'result "y" = %10',
    ),
  );
});

test("takes the bias between them along", () => {
  const before = ir(
    image,
    kernel,
    ...statistics(2),
    source(6, "parameter", "b", [4]),
    `%7 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    "%8 = biasAdd(%7, %6) : f32[n, 4, 4, 4]",
    normalised(9, 8, 2),
    'result "y" = %9',
  );
  expect(after(foldBatchNorm, before)).toBe(
    ir(
      image,
      kernel,
      ...statistics(2),
      source(6, "parameter", "b", [4]),
      `%7 = elementwise(%4, %3) ${scale} : f32[4]`,
      "%8 = multiply(%1, %7) : f32[3, 3, 3, 4]",
      `%9 = conv2d(%0, %8) ${slide()} : f32[n, 4, 4, 4]`,
      `%10 = elementwise(%6, %2, %3, %4, %5) ${shiftWithBias} : f32[4]`,
      "%11 = biasAdd(%9, %10) : f32[n, 4, 4, 4]",
      'result "y" = %11',
    ),
  );
});

test("folds into a convolution of groups: its kernel's last axis is the output's channels all the same", () => {
  const before = ir(
    source(0, "input", "x", ["n", 6, 6, 2]),
    source(1, "parameter", "k", [3, 3, 1, 4]),
    ...statistics(2),
    `%6 = conv2d(%0, %1) ${slide(2)} : f32[n, 4, 4, 4]`,
    normalised(7, 6, 2),
    'result "y" = %7',
  );
  expect(after(foldBatchNorm, before)).not.toContain("batchNormalization");
});

test("one after the other folds too", () => {
  const before = ir(
    image,
    kernel,
    ...statistics(2),
    `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    normalised(7, 6, 2),
    normalised(8, 7, 2),
    'result "y" = %8',
  );
  const folded = after(foldBatchNorm, before);
  expect(folded).not.toContain("batchNormalization");
  expect(folded.match(/conv2d/g)).toHaveLength(1);
});

test("two convolutions that share a kernel each get their own", () => {
  const before = ir(
    image,
    kernel,
    ...statistics(2),
    source(6, "input", "other", ["n", 6, 6, 3]),
    `%7 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    `%8 = conv2d(%6, %1) ${slide()} : f32[n, 4, 4, 4]`,
    normalised(9, 7, 2),
    'result "normalised" = %9',
    'result "plain" = %8',
  );
  const folded = after(foldBatchNorm, before);
  expect(folded).not.toContain("batchNormalization");
  expect(folded).toMatch(/conv2d\(%6, %1\)/);
});

const afterConvolution: readonly (readonly [name: string, lines: readonly string[], wanted: readonly string[]])[] = [
  [
    "a scale per channel",
    [source(2, "parameter", "s", [4]), "%4 = multiply(%3, %2) : f32[n, 4, 4, 4]"],
    ["%3 = multiply(%1, %2) : f32[3, 3, 3, 4]", `%4 = conv2d(%0, %3) ${slide()} : f32[n, 4, 4, 4]`],
  ],
  [
    "a sum with numbers per channel, written as an image of one cell",
    [source(2, "parameter", "t", [1, 1, 1, 4]), "%4 = add(%2, %3) : f32[n, 4, 4, 4]"],
    [
      `%3 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%4 = reduceSum(%2) {axes: [0, 1, 2], keepDims: false} : f32[4]",
      "%5 = biasAdd(%3, %4) : f32[n, 4, 4, 4]",
    ],
  ],
  [
    "numbers: (x − 2) / 4",
    [
      source(2, "parameter", "unused", [1]),
      '%4 = elementwise(%3) {formula: ["div", ["sub", "x0", 2], 4]} : f32[n, 4, 4, 4]',
    ],
    [
      '%2 = constant() {dtype: "f32", shape: [4], value: 0.25} : f32[4]',
      "%3 = multiply(%1, %2) : f32[3, 3, 3, 4]",
      `%4 = conv2d(%0, %3) ${slide()} : f32[n, 4, 4, 4]`,
      '%5 = constant() {dtype: "f32", shape: [4], value: -0.5} : f32[4]',
      "%6 = biasAdd(%4, %5) : f32[n, 4, 4, 4]",
    ],
  ],
];

test.each(afterConvolution)("folds %s", (_, lines, wanted) => {
  const conv = `%3 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`;
  const [extra = "", ...rest] = lines;
  const last = wanted.length + (extra.includes("unused") ? 1 : 2);
  const kept = extra.includes("unused") ? [] : [extra];
  expect(after(foldBatchNorm, ir(image, kernel, extra, conv, ...rest, 'result "y" = %4'))).toBe(
    ir(image, kernel, ...kept, ...wanted, `result "y" = %${last}`),
  );
});

test("two biases become one", () => {
  const sources = [image, kernel, source(2, "parameter", "a", [4]), source(3, "parameter", "b", [4])];
  const before = ir(
    ...sources,
    `%4 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    "%5 = biasAdd(%4, %2) : f32[n, 4, 4, 4]",
    "%6 = biasAdd(%5, %3) : f32[n, 4, 4, 4]",
    'result "y" = %6',
  );
  expect(after(foldBatchNorm, before)).toBe(
    ir(
      ...sources,
      `%4 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      '%5 = elementwise(%2, %3) {formula: ["add", "x0", "x1"]} : f32[4]',
      "%6 = biasAdd(%4, %5) : f32[n, 4, 4, 4]",
      'result "y" = %6',
    ),
  );
});

const staysAsItIs: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    "a convolution that an activation reads too",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      normalised(7, 6, 2),
      "%8 = relu(%6) : f32[n, 4, 4, 4]",
      "%9 = add(%7, %8) : f32[n, 4, 4, 4]",
      'result "y" = %9',
    ],
  ],
  [
    "a convolution that is a result",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      normalised(7, 6, 2),
      'result "feature" = %6',
      'result "y" = %7',
    ],
  ],
  [
    "a convolution shared by two normalisations",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      normalised(7, 6, 2),
      normalised(8, 6, 2),
      'result "a" = %7',
      'result "b" = %8',
    ],
  ],
  [
    "a bias that somebody else reads",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%7 = biasAdd(%6, %5) : f32[n, 4, 4, 4]",
      normalised(8, 7, 2),
      'result "a" = %7',
      'result "b" = %8',
    ],
  ],
  [
    "a convolution behind a bias that somebody else reads",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%7 = biasAdd(%6, %5) : f32[n, 4, 4, 4]",
      normalised(8, 7, 2),
      'result "a" = %6',
      'result "b" = %8',
    ],
  ],
  [
    "padding between them: the padding is normalised too, to something that is not 0",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%7 = pad(%6) {pads: [[0, 0], [1, 1], [1, 1], [0, 0]], value: 0} : f32[n, 6, 6, 4]",
      normalised(8, 7, 2, "f32[n, 6, 6, 4]"),
      'result "y" = %8',
    ],
  ],
  [
    "an activation between them",
    [
      `%6 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
      "%7 = relu(%6) : f32[n, 4, 4, 4]",
      normalised(8, 7, 2),
      'result "y" = %8',
    ],
  ],
];

test.each(staysAsItIs)("does not fold: %s", (_, lines) => {
  const before = ir(image, kernel, ...statistics(2), ...lines);
  expect(after(foldBatchNorm, before)).toBe(before);
});

test("does not fold into the layer after it", () => {
  const before = ir(
    source(0, "input", "x", ["n", 6, 6, 4]),
    source(1, "parameter", "k", [3, 3, 4, 4]),
    ...statistics(2),
    normalised(6, 0, 2, "f32[n, 6, 6, 4]"),
    `%7 = conv2d(%6, %1) ${slide()} : f32[n, 4, 4, 4]`,
    'result "y" = %7',
  );
  expect(after(foldBatchNorm, before)).toBe(before);
});

const keptScales: readonly (readonly [name: string, extra: string, line: string])[] = [
  ["a scale that an input gives", source(2, "input", "s", [4]), "%4 = multiply(%3, %2) : f32[n, 4, 4, 4]"],
  ["a scale of another axis", source(2, "parameter", "s", [4, 1]), "%4 = multiply(%3, %2) : f32[n, 4, 4, 4]"],
  [
    "a product with 0, which keeps NaN",
    source(2, "parameter", "u", [4]),
    '%4 = elementwise(%3) {formula: ["mul", "x0", 0]} : f32[n, 4, 4, 4]',
  ],
  ["a square", source(2, "parameter", "u", [4]), "%4 = multiply(%3, %3) : f32[n, 4, 4, 4]"],
];

test.each(keptScales)("leaves %s", (_, extra, line) => {
  const conv = `%3 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`;
  const before = withoutDead(ir(image, kernel, extra, conv, line, 'result "y" = %4'));
  expect(after(foldBatchNorm, before)).toBe(before);
});

test("leaves a convolution that has an activation in its epilogue: the scale comes after that", () => {
  const before = ir(
    image,
    kernel,
    source(2, "parameter", "s", [4]),
    `%3 = conv2d(%0, %1) ${slide()} + relu : f32[n, 4, 4, 4]`,
    "%4 = multiply(%3, %2) : f32[n, 4, 4, 4]",
    'result "y" = %4',
  );
  expect(after(foldBatchNorm, before)).toBe(before);
});

test("folds into a matrix product; a kernel that is read transposed has its outputs in rows", () => {
  const dense = (transposeB: boolean): string => {
    const shape = transposeB ? [4, 3] : [3, 4];
    const lines = [source(0, "input", "x", ["n", 3]), source(1, "parameter", "k", shape), ...statistics(2)];
    const attrs = `{transposeA: false, transposeB: ${transposeB}}`;
    const matMul = `%6 = matMul(%0, %1) ${attrs} : f32[n, 4]`;
    return after(foldBatchNorm, ir(...lines, matMul, normalised(7, 6, 2, "f32[n, 4]"), 'result "y" = %7'));
  };
  expect(dense(false)).toBe(
    ir(
      source(0, "input", "x", ["n", 3]),
      source(1, "parameter", "k", [3, 4]),
      ...statistics(2),
      `%6 = elementwise(%4, %3) ${scale} : f32[4]`,
      "%7 = multiply(%1, %6) : f32[3, 4]",
      `%8 = matMul(%0, %7) ${product} : f32[n, 4]`,
      `%9 = elementwise(%2, %3, %4, %5) ${shift} : f32[4]`,
      "%10 = biasAdd(%8, %9) : f32[n, 4]",
      'result "y" = %10',
    ),
  );
  expect(dense(true)).toContain("%7 = reshape(%6) {shape: [4, 1]} : f32[4, 1]\n%8 = multiply(%1, %7) : f32[4, 3]\n");
});

test("folds into a depthwise convolution: its outputs are channels times multiplier", () => {
  const before = ir(
    source(0, "input", "x", ["n", 6, 6, 2]),
    source(1, "parameter", "k", [3, 3, 2, 2]),
    ...statistics(2),
    `%6 = depthwiseConv2d(%0, %1) ${slide().replace(" groups: 1,", "")} : f32[n, 4, 4, 4]`,
    normalised(7, 6, 2),
    'result "y" = %7',
  );
  const folded = after(foldBatchNorm, before);
  expect(folded).not.toContain("batchNormalization");
  expect(folded).toContain("%7 = reshape(%6) {shape: [2, 2]} : f32[2, 2]\n%8 = multiply(%1, %7) : f32[3, 3, 2, 2]\n");
});
