/** The arithmetic that the convolution family shares: sizes, checks, and the pairs of positions that meet. */
import type { Attributes } from "../compiler/ir/graph.js";
import type { Dim, TensorType } from "../compiler/ir/type.js";
import { firstBad, isCount, isPads, isPair } from "./attributes.js";

export type Pair = readonly [height: number, width: number];
export type Pads = readonly [Pair, Pair];

/** How a window slides over height and width; the same for a convolution and its two gradients. */
export type Slide = { readonly strides: Pair; readonly pads: Pads; readonly dilations: Pair };
export type ConvolutionSlide = Slide & { readonly groups: number };

/** Cells that a kernel spans: dilation · (kernel − 1) + 1. */
export const extentOf = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/** Output size of one axis; below 1 when the window does not fit. */
export const slideSize = (input: number, kernel: number, { strides, pads, dilations }: Slide, axis: 0 | 1): number =>
  Math.floor((input + pads[axis][0] + pads[axis][1] - extentOf(kernel, dilations[axis])) / strides[axis]) + 1;

/** Height and width of an NHWC type, when they are numbers. */
export const imageOf = (type: TensorType | undefined): { n: Dim; h: number; w: number; c: number } | undefined => {
  const [n, h, w, c] = type?.shape ?? [];
  return type?.shape.length === 4 &&
    n !== undefined &&
    typeof h === "number" &&
    typeof w === "number" &&
    typeof c === "number"
    ? { n, h, w, c }
    : undefined;
};

export const badSlide = (operator: string, attrs: Attributes): string | undefined =>
  firstBad(operator, attrs, {
    strides: isPair(attrs["strides"]),
    pads: isPads(attrs["pads"], 2),
    dilations: isPair(attrs["dilations"]),
  });

export const badConvolution = (operator: string, attrs: Attributes): string | undefined =>
  badSlide(operator, attrs) ?? firstBad(operator, attrs, { groups: isCount(attrs["groups"]) && attrs["groups"] > 0 });

/** TensorFlow.js's `pad` attribute for explicit pads in NHWC. */
export const padAttribute = (pads: Pads): "valid" | readonly Pair[] =>
  pads.flat().every((pad) => pad === 0) ? "valid" : [[0, 0], pads[0], pads[1], [0, 0]];

interface Meeting {
  readonly input: Pair;
  readonly kernel: Pair;
  readonly output: Pair;
  readonly slide: Slide;
}

/** Calls `visit` for every (output cell, kernel tap) that lies on an input cell, by flat index: the sum of a convolution. */
export const forEachMeeting = (
  { input: [ih, iw], kernel: [kh, kw], output: [oh, ow], slide }: Meeting,
  visit: (input: number, kernel: number, output: number) => void,
): void => {
  const { strides, pads, dilations } = slide;
  for (let y = 0; y < oh; y++)
    for (let ky = 0; ky < kh; ky++) {
      const sy = y * strides[0] + ky * dilations[0] - pads[0][0];
      if (sy < 0 || sy >= ih) continue;
      for (let x = 0; x < ow; x++)
        for (let kx = 0; kx < kw; kx++) {
          const sx = x * strides[1] + kx * dilations[1] - pads[1][0];
          if (sx >= 0 && sx < iw) visit(sy * iw + sx, ky * kw + kx, y * ow + x);
        }
    }
};

/** Multiplications and additions of a convolution with that output and kernel. */
export const convolutionFlops = (output: readonly number[], kernel: readonly number[]): number => {
  const cells = output.slice(0, 3).reduce((a, b) => a * b, 1);
  return 2 * cells * kernel.reduce((a, b) => a * b, 1);
};
