/** The gradient of avgPool2d: each window's gradient is shared equally by the cells that it averaged. */
import { E } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { firstBad, isPair } from "./attributes.js";
import { imageOf } from "./conv-window.js";
import type { Operator, Reference } from "./operator.js";
import { badPool, forEachWindow, pooledSize, poolCases, type PoolGradientAttributes } from "./pooling.js";

/**
 * dx of y = avgPool2d(x), from dy.
 *
 * Shape   f32[n, h', w', c] -> f32[n, h, w, c], h and w from `inputSize`.
 * Source  TensorFlow's AvgPoolGrad: padding is not counted.
 */
export const avgPool2dGradientOperator = {
  kind: "operator",
  name: "avgPool2dGradient",
  traits: [],
  type: ([dy], attrs) => {
    const bad =
      badPool("avgPool2dGradient", attrs) ??
      firstBad("avgPool2dGradient", attrs, { inputSize: isPair(attrs.inputSize) });
    if (bad !== undefined) return E.left(bad);
    const image = imageOf(dy);
    const [h, w] = pooledSize(attrs.inputSize, attrs);
    return image !== undefined && image.h === h && image.w === w
      ? E.right(f32(image.n, ...attrs.inputSize, image.c))
      : E.left(`avgPool2dGradient: dy is not the ${h}x${w} that pooling gives`);
  },
  // Linear in dy, and pooling is its adjoint.
  gradient: ({ outputGradient, attrs: { poolSize, strides, pads }, needs, emit }) =>
    needs(0) ? [emit("avgPool2d", [outputGradient], { poolSize, strides, pads })] : [],
  // TensorFlow.js's AvgPoolGrad divides by the whole window even at the border (backends differ), so ours is used everywhere.
  kernel: ({ attrs }) => ({ kernel: "avgPool2dGradient", inputs: [0], attrs }),
  flops: ({ attrs, inputs: [dy] }) =>
    attrs.poolSize[0] * attrs.poolSize[1] * (dy?.shape ?? []).reduce((a, b) => a * b, 1),
} satisfies Operator<PoolGradientAttributes>;

export const avgPool2dGradientReference = {
  kind: "reference",
  operator: "avgPool2dGradient",
  run: ([dy], dx, attrs) => {
    if (dy === undefined) return;
    const [n = 0, h = 0, w = 0, c = 0] = dx.shape;
    const [, oh = 0, ow = 0] = dy.shape;
    for (let image = 0; image < n; image++)
      forEachWindow([h, w], attrs, (output, cells) => {
        for (let channel = 0; channel < c; channel++) {
          const share = (dy.data[(image * oh * ow + output) * c + channel] ?? 0) / cells.length;
          for (const cell of cells) {
            const at = (image * h * w + cell) * c + channel;
            dx.data[at] = (dx.data[at] ?? 0) + share;
          }
        }
      });
  },
  cases: poolCases.map((attrs) => {
    const [h, w] = pooledSize([7, 6], attrs);
    return { inputs: [`f32[2, ${h}, ${w}, 5]`], attrs: { ...attrs, inputSize: [7, 6] } };
  }),
} satisfies Reference<PoolGradientAttributes>;
