/** orderPools: what may stand on both sides of a pool stands on the better one. */
import { expect, test } from "vitest";
import { orderPools } from "../../../src/compiler/passes/order-pools.js";
import { after, anyTarget, ir, slide, source } from "../ir-text.js";

const image = source(0, "input", "x", ["n", 6, 6, 3]);
const kernel = source(1, "parameter", "k", [3, 3, 3, 4]);
const conv = `%2 = conv2d(%0, %1) ${slide()} : f32[n, 4, 4, 4]`;
const pool = (id: number, x: number, type: string): string =>
  `%${id} = maxPool2d(%${x}) {pads: [[0, 0], [0, 0]], poolSize: [2, 2], strides: [2, 2]} : ${type}`;
const small = "f32[n, 2, 2, 4]";
const behind = ir(image, kernel, conv, pool(3, 2, small), `%4 = relu(%3) : ${small}`, 'result "y" = %4');

test("an activation goes before a maximum where the convolution's call takes it", () => {
  expect(after(orderPools, behind)).toBe(
    ir(image, kernel, conv, "%3 = relu(%2) : f32[n, 4, 4, 4]", pool(4, 3, small), 'result "y" = %4'),
  );
  expect(after(orderPools, behind, { ...anyTarget, fuses: () => false })).toBe(behind);
});

test("an activation that nothing before could take goes behind it", () => {
  const before = ir(image, "%1 = sigmoid(%0) : f32[n, 6, 6, 3]", pool(2, 1, "f32[n, 3, 3, 3]"), 'result "y" = %2');
  expect(after(orderPools, before)).toBe(
    ir(image, pool(1, 0, "f32[n, 3, 3, 3]"), "%2 = sigmoid(%1) : f32[n, 3, 3, 3]", 'result "y" = %2'),
  );
});

test("a mean goes before a product over channels, and the bias stays behind both", () => {
  const one = source(1, "parameter", "k", [1, 1, 3, 4]);
  const bias = source(2, "parameter", "b", [4]);
  const mean = "{pads: [[0, 0], [0, 0]], poolSize: [2, 2], strides: [2, 2]}";
  const before = ir(
    image,
    one,
    bias,
    `%3 = conv2d(%0, %1) ${slide()} : f32[n, 6, 6, 4]`,
    "%4 = biasAdd(%3, %2) : f32[n, 6, 6, 4]",
    `%5 = avgPool2d(%4) ${mean} : f32[n, 3, 3, 4]`,
    'result "y" = %5',
  );
  expect(after(orderPools, before)).toBe(
    ir(
      image,
      one,
      bias,
      `%3 = avgPool2d(%0) ${mean} : f32[n, 3, 3, 3]`,
      `%4 = conv2d(%3, %1) ${slide()} : f32[n, 3, 3, 4]`,
      "%5 = biasAdd(%4, %2) : f32[n, 3, 3, 4]",
      'result "y" = %5',
    ),
  );
});

const left: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    "a function that falls somewhere",
    [image, "%1 = silu(%0) : f32[n, 6, 6, 3]", pool(2, 1, "f32[n, 3, 3, 3]"), 'result "y" = %2'],
  ],
  [
    "a value that somebody else reads",
    [image, "%1 = relu(%0) : f32[n, 6, 6, 3]", pool(2, 1, "f32[n, 3, 3, 3]"), 'result "r" = %1', 'result "y" = %2'],
  ],
  [
    "a leaky activation with a slope below 0",
    [image, "%1 = leakyRelu(%0) {alpha: -1} : f32[n, 6, 6, 3]", pool(2, 1, "f32[n, 3, 3, 3]"), 'result "y" = %2'],
  ],
];

test.each(left)("leaves %s", (_, lines) => {
  const before = ir(...lines);
  expect(after(orderPools, before)).toBe(before);
});
