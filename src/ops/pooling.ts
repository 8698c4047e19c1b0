/** What the pooling family shares: attributes, type rules, windows, kernel attributes. */
import { E, type Either } from "../fp.js";
import { f32, type Dims, type TensorType } from "../compiler/ir/type.js";
import { firstBad, isPads, isPair } from "./attributes.js";
import { imageOf, padAttribute, slideSize, type Pads, type Pair } from "./conv-window.js";
import type { Attributes } from "../compiler/ir/graph.js";
import type { KernelRequest, Reference } from "./operator.js";

export type PoolAttributes = { readonly poolSize: Pair; readonly strides: Pair; readonly pads: Pads };
export type PoolGradientAttributes = PoolAttributes & { readonly inputSize: Pair };

export const badPool = (operator: string, attrs: Attributes): string | undefined =>
  firstBad(operator, attrs, {
    poolSize: isPair(attrs["poolSize"]),
    strides: isPair(attrs["strides"]),
    pads: isPads(attrs["pads"], 2),
  });

const slideOf = ({ strides, pads }: PoolAttributes): Parameters<typeof slideSize>[2] => ({
  strides,
  pads,
  dilations: [1, 1],
});

/** Output height and width for an input's. */
export const pooledSize = ([h, w]: Pair, attrs: PoolAttributes): Pair => [
  slideSize(h, attrs.poolSize[0], slideOf(attrs), 0),
  slideSize(w, attrs.poolSize[1], slideOf(attrs), 1),
];

/** f32[n, h, w, c] -> f32[n, h', w', c]. */
export const pooledType =
  (operator: string) =>
  ([x]: readonly TensorType[], attrs: PoolAttributes): Either<string, TensorType> => {
    const bad = badPool(operator, attrs);
    if (bad !== undefined) return E.left(bad);
    const image = imageOf(x);
    if (image === undefined) return E.left(`${operator} needs an image [n, h, w, c]`);
    const [h, w] = pooledSize([image.h, image.w], attrs);
    return h > 0 && w > 0
      ? E.right(f32(image.n, h, w, image.c))
      : E.left(`${operator}: the pool does not fit ${image.h}x${image.w}`);
  };

/** Whether no window lies in the padding alone, and none of its sides is as wide as the pool: what kernels ask for. */
export const everyWindowHoldsACell = ([, h, w]: Dims, attrs: PoolAttributes): boolean => {
  if (typeof h !== "number" || typeof w !== "number") return false;
  const outputs = pooledSize([h, w], attrs);
  const holds = (axis: 0 | 1, size: number): boolean => {
    const [before, after] = attrs.pads[axis];
    const last = (outputs[axis] - 1) * attrs.strides[axis] - before;
    return before < attrs.poolSize[axis] && after < attrs.poolSize[axis] && last < size;
  };
  return holds(0, h) && holds(1, w);
};

/** Attributes of TensorFlow.js's pooling kernels. */
export const poolKernelAttrs = ({ poolSize, strides, pads }: PoolAttributes): Attributes => ({
  filterSize: poolSize,
  strides,
  pad: padAttribute(pads),
  dimRoundingMode: "floor",
});

/** Calls `visit` for each output cell with the input cells under its window, by flat index: padding is not among them. */
export const forEachWindow = (
  [h, w]: Pair,
  attrs: PoolAttributes,
  visit: (output: number, cells: readonly number[]) => void,
): void => {
  const { poolSize, strides, pads } = attrs;
  const [oh, ow] = pooledSize([h, w], attrs);
  for (let y = 0; y < oh; y++)
    for (let x = 0; x < ow; x++) {
      const cells: number[] = [];
      for (let ky = 0; ky < poolSize[0]; ky++)
        for (let kx = 0; kx < poolSize[1]; kx++) {
          const sy = y * strides[0] + ky - pads[0][0];
          const sx = x * strides[1] + kx - pads[1][0];
          if (sy >= 0 && sy < h && sx >= 0 && sx < w) cells.push(sy * w + sx);
        }
      visit(y * ow + x, cells);
    }
};

/** The attributes that the conformance suite tries on every pooling operator. */
export const poolCases: readonly PoolAttributes[] = [
  {
    poolSize: [2, 2],
    strides: [2, 2],
    pads: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    poolSize: [3, 2],
    strides: [2, 1],
    pads: [
      [1, 1],
      [0, 1],
    ],
  },
  {
    poolSize: [3, 3],
    strides: [1, 2],
    pads: [
      [1, 0],
      [1, 1],
    ],
  },
];

/** A comparison or addition for each cell of each window. */
export const poolFlops = ({ attrs, output }: KernelRequest<PoolAttributes>): number =>
  attrs.poolSize[0] * attrs.poolSize[1] * output.shape.reduce((a, b) => a * b, 1);

/** The oracle of a pooling: a fold of the values in each window, channel by channel. */
/* @__NO_SIDE_EFFECTS__ */
export const poolReference = (
  operator: string,
  fold: (values: readonly number[]) => number,
): Reference<PoolAttributes> => ({
  kind: "reference",
  operator,
  run: ([x], output, attrs) => {
    if (x === undefined) return;
    const [n = 0, h = 0, w = 0, c = 0] = x.shape;
    const [, oh = 0, ow = 0] = output.shape;
    for (let image = 0; image < n; image++)
      forEachWindow([h, w], attrs, (cell, cells) => {
        for (let channel = 0; channel < c; channel++) {
          const values = cells.map((from) => x.data[(image * h * w + from) * c + channel] ?? 0);
          output.data[(image * oh * ow + cell) * c + channel] = fold(values);
        }
      });
  },
  cases: poolCases.map((attrs) => ({ inputs: ["f32[2, 7, 6, 5]"], attrs, fill: ["distinct"] })),
});
