/** The gradient of avgPool2d: each window's gradient is shared equally by the cells that it averaged. */
import { E } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { firstBad, isPair } from "./attributes.js";
import { imageOf } from "./conv-window.js";
import type { Operator, Reference } from "./operator.js";
import { badPool, forEachWindow, pooledSize, poolCases, type PoolGradientAttributes } from "./pooling.js";
import { int, type OnnxMapping } from "./onnx.js";
import { fitsTransposed, transposedAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import { cellShares, inside, poolWindow } from "./tensorflow-window.js";

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

/** dy, divided by how many cells each window averaged, through a transposed convolution with ones. */
export const avgPool2dGradientOnnx = {
  kind: "onnx",
  operator: "avgPool2dGradient",
  has: ({ inputs: [dy], attrs: { poolSize, ...slide } }) =>
    fitsTransposed(dy?.shape, poolSize, { ...slide, dilations: [1, 1] }),
  write: ({ inputs: [dy], input, node, floats, attrs: { poolSize, inputSize, strides, pads } }) => {
    const [, oh = 1, ow = 1, channels = 1] = (dy?.shape ?? []).map(Number);
    const counts: number[] = [];
    forEachWindow(inputSize, { poolSize, strides, pads }, (output, cells) => void (counts[output] = cells.length));
    const shares = node("Div", [input(0, "first"), floats(counts, [1, 1, oh, ow])]);
    const ones = floats(
      Array.from({ length: channels * poolSize[0] * poolSize[1] }, () => 1),
      [channels, 1, ...poolSize],
    );
    return {
      layout: "first",
      name: node("ConvTranspose", [shares, ones], {
        ...transposedAttributes({ strides, pads, dilations: [1, 1], inputSize, kernel: poolSize }, dy?.shape ?? []),
        group: int(channels),
      }),
    };
  },
} satisfies OnnxMapping<PoolGradientAttributes>;

export const avgPool2dGradientTensorFlow = {
  kind: "tensorflow",
  operator: "avgPool2dGradient",
  write: ({ values: [dy], output, attrs, graph }) => {
    invariant(dy, "avgPool2dGradient has dy");
    const { window, around } = poolWindow(output.shape, attrs);
    const shares = cellShares(graph, output.shape, attrs, around);
    const [n = "n", h, w, c = 0] = output.shape;
    const [rows, columns] = [around[0][0] + around[0][1], around[1][0] + around[1][1]];
    const padded = graph.sizes([n, Number(h) + rows, Number(w) + columns, c]);
    const scaled = shares === undefined ? dy : graph.node("Mul", [dy, shares]);
    const dx = graph.node("AvgPoolGrad", [padded, scaled], { ...window, T: { type: "f32" } }, "f32");
    return inside(graph, dx, output.shape, around);
  },
} satisfies TensorFlowMapping<PoolGradientAttributes>;
