/** fuseEpilogue: bias and activation become stages of the call before them, where nobody else reads what is between. */
import { expect, test } from "vitest";
import { fuseEpilogue } from "../../../src/compiler/passes/fuse-epilogue.js";
import { after, anyTarget, ir, product, slide, source, withoutDead } from "../ir-text.js";

const sources = [
  source(0, "input", "x", ["n", 6, 6, 3]),
  source(1, "parameter", "k", [3, 3, 3, 4]),
  source(2, "parameter", "b", [4]),
];
/** Kernels that take any formula after them. */
const formulaTarget = { ...anyTarget, formulas: { inputs: 8 } };
const conv = `%3 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`;
const bias = "%4 = biasAdd(%3, %2) : f32[n, 4, 4, 4]";

test("convolution, bias and activation become one node", () => {
  const before = ir(...sources, conv, bias, "%5 = relu(%4) : f32[n, 4, 4, 4]", 'result "y" = %5');
  const expected = ir(
    ...sources,
    `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd + relu : f32[n, 4, 4, 4]`,
    'result "y" = %3',
  );
  expect(after(fuseEpilogue, before)).toBe(expected);
});

test("matrix product, bias and an activation with an attribute become one node", () => {
  const dense = [
    source(0, "input", "x", ["n", 3]),
    source(1, "parameter", "k", [3, 4]),
    source(2, "parameter", "b", [4]),
  ];
  const before = ir(
    ...dense,
    `%3 = matMul(%0, %1) ${product} : f32[n, 4]`,
    "%4 = biasAdd(%3, %2) : f32[n, 4]",
    "%5 = leakyRelu(%4) {alpha: 0.2} : f32[n, 4]",
    'result "y" = %5',
  );
  expect(after(fuseEpilogue, before)).toBe(
    ir(
      ...dense,
      `%3 = matMul(%0, %1, %2) ${product} + biasAdd + leakyRelu {alpha: 0.2} : f32[n, 4]`,
      'result "y" = %3',
    ),
  );
});

test("an activation without a bias is fused", () => {
  const before = ir(...sources, conv, "%4 = relu6(%3) : f32[n, 4, 4, 4]", 'result "y" = %4');
  expect(after(fuseEpilogue, before)).toContain(`conv2d(%0, %1) ${slide()} + relu6 : f32[n, 4, 4, 4]`);
});

test("a result that many read is fused all the same: training reads relu's result for its mask", () => {
  const mask = (id: number, reads: string): string =>
    `%${id} = elementwise(${reads}, ${reads}) {formula: ["select", ["gt", "x1", 0], "x0", 0]} : f32[n, 4, 4, 4]`;
  const before = ir(
    ...sources,
    conv,
    bias,
    "%5 = relu(%4) : f32[n, 4, 4, 4]",
    mask(6, "%5"),
    'result "y" = %5',
    'result "g" = %6',
  );
  const fused = `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd + relu : f32[n, 4, 4, 4]`;
  expect(after(fuseEpilogue, before)).toBe(ir(...sources, fused, mask(4, "%3"), 'result "y" = %3', 'result "g" = %4'));
});

test("an activation that the target cannot fuse stays; the bias before it goes in", () => {
  const before = ir(...sources, conv, bias, "%5 = tanh(%4) : f32[n, 4, 4, 4]", 'result "y" = %5');
  expect(after(fuseEpilogue, before)).toBe(
    ir(
      ...sources,
      `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd : f32[n, 4, 4, 4]`,
      "%4 = tanh(%3) : f32[n, 4, 4, 4]",
      'result "y" = %4',
    ),
  );
});

test("a bias with two readers is fused, the activation after it is not", () => {
  const before = ir(
    ...sources,
    conv,
    bias,
    "%5 = relu(%4) : f32[n, 4, 4, 4]",
    'result "before" = %4',
    'result "y" = %5',
  );
  expect(after(fuseEpilogue, before)).toBe(
    ir(
      ...sources,
      `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd : f32[n, 4, 4, 4]`,
      "%4 = relu(%3) : f32[n, 4, 4, 4]",
      'result "before" = %3',
      'result "y" = %4',
    ),
  );
});

test("one activation ends an epilogue: the second stays", () => {
  const before = ir(
    ...sources,
    conv,
    "%4 = relu(%3) : f32[n, 4, 4, 4]",
    "%5 = relu6(%4) : f32[n, 4, 4, 4]",
    'result "y" = %5',
  );
  const fused = `%3 = conv2d(%0, %1) ${slide()} + relu : f32[n, 4, 4, 4]`;
  const expected = ir(...sources, fused, "%4 = relu6(%3) : f32[n, 4, 4, 4]", 'result "y" = %4');
  expect(after(fuseEpilogue, before)).toBe(withoutDead(expected));
});

test("a bias after an activation stays: kernels add it first", () => {
  const before = ir(
    ...sources,
    conv,
    "%4 = relu(%3) : f32[n, 4, 4, 4]",
    "%5 = biasAdd(%4, %2) : f32[n, 4, 4, 4]",
    'result "y" = %5',
  );
  const fused = after(fuseEpilogue, before);
  expect(fused).toContain("+ relu : ");
  expect(fused).toContain("%4 = biasAdd(%3, %2) : f32[n, 4, 4, 4]");
});

const unchanged: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ["a convolution that is a result too", [conv, bias, 'result "c" = %3', 'result "y" = %4']],
  [
    "a convolution that two nodes read",
    [
      conv,
      "%4 = relu(%3) : f32[n, 4, 4, 4]",
      "%5 = sigmoid(%3) : f32[n, 4, 4, 4]",
      "%6 = add(%4, %5) : f32[n, 4, 4, 4]",
      'result "y" = %6',
    ],
  ],
  [
    "an activation behind something that takes no epilogue",
    [
      "%3 = maxPool2d(%0) {pads: [[0, 0], [0, 0]], poolSize: [2, 2], strides: [2, 2]} : f32[n, 3, 3, 3]",
      "%4 = relu(%3) : f32[n, 3, 3, 3]",
      'result "y" = %4',
    ],
  ],
];

test.each(unchanged)("fuses nothing: %s", (_, lines) => {
  const before = withoutDead(ir(...sources, ...lines));
  expect(after(fuseEpilogue, before)).toBe(before);
});

test("a target that fuses nothing gets nothing fused", () => {
  const before = ir(...sources, conv, bias, "%5 = relu(%4) : f32[n, 4, 4, 4]", 'result "y" = %5');
  expect(after(fuseEpilogue, before, { ...anyTarget, fuses: () => false })).toBe(before);
});

test("a residual is a stage between bias and activation; the later convolution takes it", () => {
  const before = ir(
    ...sources,
    conv,
    bias,
    `%5 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`,
    "%6 = biasAdd(%5, %2) : f32[n, 4, 4, 4]",
    "%7 = add(%6, %4) : f32[n, 4, 4, 4]",
    "%8 = relu(%7) : f32[n, 4, 4, 4]",
    'result "y" = %8',
  );
  const wanted = ir(
    ...sources,
    `%3 = conv2d(%0, %1, %2) ${slide()} + biasAdd : f32[n, 4, 4, 4]`,
    `%4 = conv2d(%0, %1, %2, %3) ${slide()} + biasAdd + add + relu : f32[n, 4, 4, 4]`,
    'result "y" = %4',
  );
  expect(after(fuseEpilogue, before)).toBe(wanted);
  const noResidual = {
    ...anyTarget,
    fuses: (_: unknown, stages: readonly { op: string }[]) => stages.every(({ op }) => op !== "add"),
  };
  expect(after(fuseEpilogue, before, noResidual)).toContain("= add(");
});

test("a sum that broadcasts, a value added to itself and a second sum stay", () => {
  const shortcut = source(4, "input", "shortcut", ["n", 4, 4, 4]);
  const lines = [...sources, conv, shortcut];
  expect(after(fuseEpilogue, ir(...lines, "%5 = add(%3, %2) : f32[n, 4, 4, 4]", 'result "y" = %5'))).toContain(
    "= add(",
  );
  expect(after(fuseEpilogue, ir(...lines, "%5 = add(%3, %3) : f32[n, 4, 4, 4]", 'result "y" = %5'))).toContain(
    "= add(",
  );
  const twice = ["%5 = add(%3, %4) : f32[n, 4, 4, 4]", "%6 = add(%5, %4) : f32[n, 4, 4, 4]", 'result "y" = %6'];
  expect(after(fuseEpilogue, ir(...lines, ...twice)).match(/ = add\(/g)).toHaveLength(1);
});

const residualConv = [...sources, source(3, "input", "y", ["n", 4, 4, 4])];
const conv4 = conv.replace("%3", "%4");

test("the mask of a gradient, a formula of the value and one more tensor, is fused where kernels are made of formulas", () => {
  const before = ir(
    ...residualConv,
    conv4,
    '%5 = elementwise(%4, %3) {formula: ["select", ["gt", "x1", 0], "x0", 0]} : f32[n, 4, 4, 4]',
    'result "dx" = %5',
  );
  const fused = `conv2d(%0, %1, %3) ${slide()} + elementwise {formula: ["select", ["gt", "x1", 0], "x0", 0]} : f32[n, 4, 4, 4]`;
  expect(after(fuseEpilogue, before, formulaTarget)).toContain(fused.replace("%3", "%2"));
  expect(after(fuseEpilogue, before)).toBe(withoutDead(before));
});

test("a difference whose second part is the convolution keeps its sign", () => {
  const before = ir(...residualConv, conv4, "%5 = subtract(%3, %4) : f32[n, 4, 4, 4]", 'result "y" = %5');
  expect(after(fuseEpilogue, before, formulaTarget)).toContain('+ elementwise {formula: ["sub", "x1", "x0"]}');
});

test("a formula of three tensors, or of one of another shape, stays", () => {
  for (const formula of ['elementwise(%4, %3, %2) {formula: ["mul", "x0", ["add", "x1", "x2"]]}', "multiply(%4, %2)"]) {
    const before = ir(...residualConv, conv4, `%5 = ${formula} : f32[n, 4, 4, 4]`, 'result "y" = %5');
    expect(after(fuseEpilogue, before, formulaTarget)).toBe(withoutDead(before));
  }
});
