/** The gradient of depthwiseConv2d by its kernel: every tap sums the products of the cells of its channel that it joined. */
import type { Value } from "../compiler/ir/graph.js";
import { f32 } from "../compiler/ir/type.js";
import { E } from "../fp.js";
import { firstBad, isPair } from "./attributes.js";
import { takeEvery } from "./axis-steps.js";
import { badSlide, convolutionFlops, imageOf, padAttribute, slideSize, type Pair, type Slide } from "./conv-window.js";
import { conv2dFilterGradientReference } from "./conv2d-filter-gradient.js";
import { channelsOf, groupedKernel, inGroups } from "./depthwise.js";
import type { DecomposeRequest, Operator, Reference } from "./operator.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { convolutionAttributes, pairAt } from "./tensorflow-window.js";
import { invariant } from "../errors.js";

export type DepthwiseConv2dFilterGradientAttributes = Slide & { readonly kernelSize: Pair };

/**
 * dKernel of y = depthwiseConv2d(x, kernel), from x and dy.
 *
 * Shape   f32[n, h, w, c], f32[n, h', w', c m] -> f32[kh, kw, c, m], kh and kw from `kernelSize`.
 * Cost    2 h' w' kh kw c m FLOP per example.
 * Source  As conv2dFilterGradient, channel by channel.
 */
export const depthwiseConv2dFilterGradientOperator = {
  kind: "operator",
  name: "depthwiseConv2dFilterGradient",
  traits: ["linear"],
  type: ([x, dy], attrs) => {
    const name = "depthwiseConv2dFilterGradient";
    const bad = badSlide(name, attrs) ?? firstBad(name, attrs, { kernelSize: isPair(attrs.kernelSize) });
    if (bad !== undefined) return E.left(bad);
    const [input, output] = [imageOf(x), imageOf(dy)];
    const [kh, kw] = attrs.kernelSize;
    if (input === undefined || output === undefined)
      return E.left(`${name} needs x [n, h, w, c] and dy [n, h', w', c m]`);
    return output.h === slideSize(input.h, kh, attrs, 0) &&
      output.w === slideSize(input.w, kw, attrs, 1) &&
      output.c % input.c === 0
      ? E.right(f32(kh, kw, input.c, output.c / input.c))
      : E.left(
          `${name}: ${output.h}x${output.w}x${output.c} is no output of ${input.h}x${input.w}x${input.c} with a kernel ${kh}x${kw}`,
        );
  },
  gradient: ({ inputs: [x, dy], outputGradient: g, attrs: { kernelSize: _, ...slide }, needs, emit }) => {
    if (x === undefined || dy === undefined) return [];
    const inputSize = x.type.shape.slice(1, 3);
    return [
      needs(0) ? emit("depthwiseConv2dInputGradient", [dy, g], { ...slide, inputSize }) : undefined,
      needs(1) ? emit("depthwiseConv2d", [x, g], slide) : undefined,
    ];
  },
  decompose: (request) => byTaps(request),
  kernel: ({ attrs, output }) =>
    attrs.dilations.every((dilation) => dilation === 1)
      ? {
          kernel: "DepthwiseConv2dNativeBackpropFilter",
          inputs: { x: 0, dy: 1 },
          attrs: {
            strides: attrs.strides,
            dilations: attrs.dilations,
            pad: padAttribute(attrs.pads),
            filterShape: output.shape,
          },
        }
      : undefined,
  flops: ({ inputs: [, dy], attrs: { kernelSize } }) =>
    convolutionFlops(dy?.shape ?? [], kernelSize) * (dy?.shape[3] ?? 0),
} satisfies Operator<DepthwiseConv2dFilterGradientAttributes>;

/** Each tap: the cells of x that it meets, at the strides' steps, times dy, summed over images and cells. */
const byTaps = ({
  inputs: [x, dy],
  attrs: { kernelSize, strides, pads, dilations },
  emit,
}: DecomposeRequest<DepthwiseConv2dFilterGradientAttributes>): Value | undefined => {
  if (x === undefined || dy === undefined) return undefined;
  const [n = "n", oh, ow, filters] = dy.type.shape;
  const channels = Number(x.type.shape[3]);
  const multiplier = Number(filters) / channels;
  const padded = emit("pad", [x], { pads: [[0, 0], pads[0], pads[1], [0, 0]], value: 0 });
  const gradient = emit("reshape", [dy], { shape: [n, Number(oh), Number(ow), channels, multiplier] });
  const taps: Value[] = [];
  for (let ky = 0; ky < kernelSize[0]; ky++) {
    const rows = takeEvery(emit, padded, 1, { from: ky * dilations[0], step: strides[0], count: Number(oh) });
    for (let kx = 0; kx < kernelSize[1]; kx++) {
      const met = takeEvery(emit, rows, 2, { from: kx * dilations[1], step: strides[1], count: Number(ow) });
      const apart = emit("reshape", [met], { shape: [n, Number(oh), Number(ow), channels, 1] });
      const products = emit("multiply", [apart, gradient]);
      const sum = emit("reduceSum", [products], { axes: [0, 1, 2], keepDims: false });
      taps.push(emit("reshape", [sum], { shape: [1, channels, multiplier] }));
    }
  }
  const joined = emit("concatenate", taps, { axis: 0 });
  return emit("reshape", [joined], { shape: [...kernelSize, channels, multiplier] });
};

export const depthwiseConv2dFilterGradientReference = {
  kind: "reference",
  operator: "depthwiseConv2dFilterGradient",
  run: ([x, dy], dKernel, attrs) => {
    if (x === undefined || dy === undefined) return;
    conv2dFilterGradientReference.run([x, dy], groupedKernel(dKernel), inGroups(attrs, channelsOf(x)));
  },
  cases: [
    {
      inputs: ["f32[2, 5, 5, 5]", "f32[2, 3, 3, 5]"],
      attrs: {
        kernelSize: [3, 3],
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[2, 6, 5, 3]", "f32[2, 3, 2, 6]"],
      attrs: {
        kernelSize: [3, 2],
        strides: [2, 3],
        pads: [
          [1, 1],
          [0, 1],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[1, 5, 5, 2]", "f32[1, 4, 4, 6]"],
      attrs: {
        kernelSize: [2, 2],
        strides: [1, 1],
        pads: [
          [0, 1],
          [1, 0],
        ],
        dilations: [2, 2],
      },
    },
  ],
} satisfies Reference<DepthwiseConv2dFilterGradientAttributes>;

export const depthwiseConv2dFilterGradientTensorFlow = {
  kind: "tensorflow",
  operator: "depthwiseConv2dFilterGradient",
  has: ({ attrs: { strides, dilations } }) =>
    strides[0] === strides[1] && dilations.every((dilation) => dilation === 1),
  write: ({ values: [x, dy], inputs: [image], output, attrs, graph }) => {
    invariant(x && dy && image, "depthwiseConv2dFilterGradient has x and dy");
    const slide = convolutionAttributes(pairAt(image.shape, 1), attrs.kernelSize, attrs);
    return graph.node("DepthwiseConv2dNativeBackpropFilter", [x, graph.sizes(output.shape), dy], slide);
  },
} satisfies TensorFlowMapping<DepthwiseConv2dFilterGradientAttributes>;
