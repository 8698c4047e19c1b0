/** foldPadding: a pad becomes the padding of the window operator behind it, where its cells count as that does. */
import { expect, test } from "vitest";
import { foldPadding } from "../../../src/compiler/passes/fold-padding.js";
import { after, ir, slide, source } from "../ir-text.js";

const image = source(0, "input", "x", ["n", 6, 6, 3]);
const kernel = source(1, "parameter", "k", [3, 3, 3, 4]);
const pad = (id: number, x: number, value: number, cells = "[[0, 0], [1, 1], [0, 2], [0, 0]]"): string =>
  `%${id} = pad(%${x}) {pads: ${cells}, value: ${value}} : f32[n, 8, 8, 3]`;
const conv = `%3 = conv2d(%2, %1) ${slide()} : f32[n, 6, 6, 4]`;
const pool = (id: number, x: number, pads: string): string =>
  `%${id} = maxPool2d(%${x}) {pads: ${pads}, poolSize: [3, 3], strides: [1, 1]} : f32[n, 6, 6, 3]`;
const none = "[[0, 0], [0, 0]]";

test("zeros before a convolution are added to its own", () => {
  expect(after(foldPadding, ir(image, kernel, pad(2, 0, 0), conv, 'result "y" = %3'))).toBe(
    ir(
      image,
      kernel,
      `%2 = conv2d(%0, %1) ${slide().replace(none, "[[1, 1], [0, 2]]")} : f32[n, 6, 6, 4]`,
      'result "y" = %2',
    ),
  );
});

test("zeros before a maximum of values that are not below 0", () => {
  const relu = "%1 = relu(%0) : f32[n, 6, 6, 3]";
  expect(after(foldPadding, ir(image, relu, pad(2, 1, 0), pool(3, 2, none), 'result "y" = %3'))).toBe(
    ir(image, relu, pool(2, 1, "[[1, 1], [0, 2]]"), 'result "y" = %2'),
  );
});

const left: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ["zeros before a maximum of values that may be below 0", [image, pad(1, 0, 0), pool(2, 1, none), 'result "y" = %2']],
  [
    "a number above the values",
    [image, "%1 = relu(%0) : f32[n, 6, 6, 3]", pad(2, 1, 1), pool(3, 2, none), 'result "y" = %3'],
  ],
  ["another number than 0 before a convolution", [image, kernel, pad(2, 0, 1), conv, 'result "y" = %3']],
  [
    "windows of padding alone",
    [
      image,
      "%1 = relu(%0) : f32[n, 6, 6, 3]",
      "%2 = pad(%1) {pads: [[0, 0], [3, 0], [0, 0], [0, 0]], value: 0} : f32[n, 9, 6, 3]",
      `%3 = maxPool2d(%2) {pads: ${none}, poolSize: [3, 3], strides: [1, 1]} : f32[n, 7, 4, 3]`,
      'result "y" = %3',
    ],
  ],
  [
    "zeros before a mean, which counts them",
    [
      image,
      pad(1, 0, 0),
      `%2 = avgPool2d(%1) {pads: ${none}, poolSize: [3, 3], strides: [1, 1]} : f32[n, 6, 6, 3]`,
      'result "y" = %2',
    ],
  ],
];

test.each(left)("leaves %s", (_, lines) => {
  const before = ir(...lines);
  expect(after(foldPadding, before)).toBe(before);
});
