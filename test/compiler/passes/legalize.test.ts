/** legalize: what the target lacks or avoids is rewritten by the operators' own decompositions. */
import { expect, test } from "vitest";
import { legalize } from "../../../src/compiler/passes/legalize.js";
import { kernelTarget, type Target } from "../../../src/compiler/target.js";
import { after, anyTarget, ir, product, slide, source } from "../ir-text.js";

const avoiding = (...operators: readonly string[]): Target => ({ ...anyTarget, avoids: new Set(operators) });

/** A target whose convolutions have no groups, as TensorFlow.js's. */
const withoutGroups: Target = kernelTarget({
  ...anyTarget,
  call: (operator, request) =>
    Number(request.attrs["groups"] ?? 1) > 1 ? undefined : anyTarget.call(operator, request),
});

test("a convolution of groups becomes one convolution a group", () => {
  const sources = [source(0, "input", "x", ["n", 6, 6, 4]), source(1, "parameter", "k", [3, 3, 2, 6])];
  const before = ir(...sources, `%2 = conv2d(%0, %1) ${slide(2)} : f32[n, 4, 4, 6]`, 'result "y" = %2');
  expect(after(legalize, before, withoutGroups)).toBe(
    ir(
      ...sources,
      '%2 = slice(%0) {begin: [0, 0, 0, 0], size: ["n", 6, 6, 2]} : f32[n, 6, 6, 2]',
      '%3 = slice(%0) {begin: [0, 0, 0, 2], size: ["n", 6, 6, 2]} : f32[n, 6, 6, 2]',
      "%4 = slice(%1) {begin: [0, 0, 0, 0], size: [3, 3, 2, 3]} : f32[3, 3, 2, 3]",
      "%5 = slice(%1) {begin: [0, 0, 0, 3], size: [3, 3, 2, 3]} : f32[3, 3, 2, 3]",
      `%6 = conv2d(%2, %4) ${slide()} : f32[n, 4, 4, 3]`,
      `%7 = conv2d(%3, %5) ${slide()} : f32[n, 4, 4, 3]`,
      "%8 = concatenate(%6, %7) {axis: 3} : f32[n, 4, 4, 6]",
      'result "y" = %8',
    ),
  );
});

test("groups of one channel each become a depthwise convolution: filter g m + i is channel g's i-th", () => {
  const sources = [source(0, "input", "x", ["n", 6, 6, 2]), source(1, "parameter", "k", [3, 3, 1, 4])];
  const before = ir(...sources, `%2 = conv2d(%0, %1) ${slide(2)} : f32[n, 4, 4, 4]`, 'result "y" = %2');
  expect(after(legalize, before, withoutGroups)).toBe(
    ir(
      ...sources,
      "%2 = reshape(%1) {shape: [3, 3, 2, 2]} : f32[3, 3, 2, 2]",
      `%3 = depthwiseConv2d(%0, %2) ${slide().replace(" groups: 1,", "")} : f32[n, 4, 4, 4]`,
      'result "y" = %3',
    ),
  );
});

test("the gradient by the input becomes a convolution of dy, padded by kernel − 1, with the flipped kernel", () => {
  const sources = [source(0, "input", "dy", ["n", 4, 4, 4]), source(1, "parameter", "k", [3, 3, 2, 4])];
  const attrs = slide().replace("groups: 1,", "groups: 1, inputSize: [6, 6],");
  const before = ir(...sources, `%2 = conv2dInputGradient(%0, %1) ${attrs} : f32[n, 6, 6, 2]`, 'result "dx" = %2');
  expect(after(legalize, before, avoiding("conv2dInputGradient"))).toBe(
    ir(
      ...sources,
      "%2 = reverse(%1) {axes: [0, 1]} : f32[3, 3, 2, 4]",
      "%3 = transpose(%2) {permutation: [0, 1, 3, 2]} : f32[3, 3, 4, 2]",
      `%4 = conv2d(%0, %3) ${slide().replace("pads: [[0, 0], [0, 0]]", "pads: [[2, 2], [2, 2]]")} : f32[n, 6, 6, 2]`,
      'result "dx" = %4',
    ),
  );
});

test("what is avoided but cannot be decomposed stays", () => {
  const before = ir(source(0, "input", "x", ["n", 4]), "%1 = tanh(%0) : f32[n, 4]", 'result "y" = %1');
  expect(after(legalize, before, avoiding("tanh"))).toBe(before);
});

test("what is avoided, and whose decomposition uses it again, ends", () => {
  const before = ir(
    source(0, "input", "a", [3, 5]),
    source(1, "input", "b", [7, 5]),
    `%2 = matMul(%0, %1) ${product.replace("transposeB: false", "transposeB: true")} : f32[3, 7]`,
    'result "y" = %2',
  );
  expect(after(legalize, before, avoiding("matMul"))).toBe(
    ir(
      source(0, "input", "a", [3, 5]),
      source(1, "input", "b", [7, 5]),
      "%2 = transpose(%1) {permutation: [1, 0]} : f32[5, 7]",
      `%3 = matMul(%0, %2) ${product} : f32[3, 7]`,
      'result "y" = %3',
    ),
  );
});

test("a target that has everything gets the graph back", () => {
  const before = ir(
    source(0, "input", "x", ["n", 6, 6, 2]),
    source(1, "parameter", "k", [3, 3, 1, 4]),
    `%2 = conv2d(%0, %1) ${slide(2)} : f32[n, 4, 4, 4]`,
    'result "y" = %2',
  );
  expect(after(legalize, before)).toBe(before);
});
