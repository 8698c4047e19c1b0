/** The gradient of maxPool2d: each window's gradient goes to its first maximum. */
import { E } from "../fp.js";
import { sameShape } from "../compiler/ir/type.js";
import type { Operator, Reference } from "./operator.js";
import { forEachWindow, pooledType, poolKernelAttrs, type PoolAttributes } from "./pooling.js";
import { int, text, type OnnxMapping } from "./onnx.js";
import { windowAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { invariant } from "../errors.js";
import { bordered, inside, poolWindow } from "./tensorflow-window.js";

/**
 * dx of y = maxPool2d(x), from x, y and dy.
 *
 * Shape   f32[n, h, w, c], f32[n, h', w', c], f32[n, h', w', c] -> f32[n, h, w, c].
 * Source  TensorFlow's MaxPoolGrad: among equal maxima of a window the first in row-major order gets it all.
 */
export const maxPool2dGradientOperator = {
  kind: "operator",
  name: "maxPool2dGradient",
  traits: [],
  type: ([x, y, dy], attrs) => {
    if (x === undefined || y === undefined || dy === undefined) return E.left("maxPool2dGradient needs x, y and dy");
    const pooled = pooledType("maxPool2dGradient")([x], attrs);
    if (E.isLeft(pooled)) return pooled;
    return sameShape(pooled.right.shape, y.shape) && sameShape(y.shape, dy.shape)
      ? E.right(x)
      : E.left("maxPool2dGradient: y and dy have not the shape that pooling x gives");
  },
  kernel: ({ attrs }) => ({
    kernel: "MaxPoolGrad",
    inputs: { input: 0, output: 1, dy: 2 },
    attrs: poolKernelAttrs(attrs),
  }),
  flops: ({ attrs, inputs: [, y] }) =>
    attrs.poolSize[0] * attrs.poolSize[1] * (y?.shape ?? []).reduce((a, b) => a * b, 1),
} satisfies Operator<PoolAttributes>;

export const maxPool2dGradientReference = {
  kind: "reference",
  operator: "maxPool2dGradient",
  run: ([x, , dy], dx, attrs) => {
    if (x === undefined || dy === undefined) return;
    const [n = 0, h = 0, w = 0, c = 0] = x.shape;
    const [, oh = 0, ow = 0] = dy.shape;
    for (let image = 0; image < n; image++)
      forEachWindow([h, w], attrs, (output, cells) => {
        for (let channel = 0; channel < c; channel++) {
          const at = (cell: number): number => (image * h * w + cell) * c + channel;
          const best = cells.reduce<number | undefined>(
            (winner, cell) =>
              winner === undefined || (x.data[at(cell)] ?? 0) > (x.data[at(winner)] ?? 0) ? cell : winner,
            undefined,
          );
          if (best === undefined) continue;
          dx.data[at(best)] = (dx.data[at(best)] ?? 0) + (dy.data[(image * oh * ow + output) * c + channel] ?? 0);
        }
      });
  },
  // Its inputs belong together (y is x pooled), so conformance tests it through the gradient of maxPool2d.
  cases: [],
} satisfies Reference<PoolAttributes>;

/** MaxPool tells where its maxima are: dy is added up there. */
export const maxPool2dGradientOnnx = {
  kind: "onnx",
  operator: "maxPool2dGradient",
  write: ({ input, node, nodes, ints, floats, attrs: { poolSize, ...slide } }) => {
    const x = input(0, "first");
    const [, places = ""] = nodes("MaxPool", [x], 2, windowAttributes({ ...slide, kernel: poolSize }));
    const flat = (tensor: string): string => node("Reshape", [tensor, ints([-1])]);
    const gradient = flat(input(2, "first"));
    const zeros = node("Expand", [floats([0]), node("Shape", [flat(x)])]);
    const sums = node("ScatterElements", [zeros, flat(places), gradient], { axis: int(0), reduction: text("add") });
    return { layout: "first", name: node("Reshape", [sums, node("Shape", [x])]) };
  },
} satisfies OnnxMapping<PoolAttributes>;

export const maxPool2dGradientTensorFlow = {
  kind: "tensorflow",
  operator: "maxPool2dGradient",
  write: ({ values: [x, y, dy], inputs: [image], attrs, graph }) => {
    invariant(x && y && dy && image, "maxPool2dGradient has x, y and dy");
    const { window, around } = poolWindow(image.shape, attrs);
    const dx = graph.node("MaxPoolGrad", [bordered(graph, x, around, -Infinity), y, dy], window);
    return inside(graph, dx, image.shape, around);
  },
} satisfies TensorFlowMapping<PoolAttributes>;
