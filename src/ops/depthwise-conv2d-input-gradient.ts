/** The gradient of depthwiseConv2d by its input: each output cell's gradient goes back to the cells of its channel. */
import type { Value } from "../compiler/ir/graph.js";
import { f32 } from "../compiler/ir/type.js";
import { E } from "../fp.js";
import { firstBad, isPair } from "./attributes.js";
import { zerosOf } from "./axis-steps.js";
import { badSlide, convolutionFlops, imageOf, padAttribute, slideSize, type Pair, type Slide } from "./conv-window.js";
import { conv2dInputGradientReference } from "./conv2d-input-gradient.js";
import { channelsOf, groupedKernel, inGroups } from "./depthwise.js";
import type { DecomposeRequest, Operator, Reference } from "./operator.js";
import { turnedInput } from "./turned-input.js";
import { int, type OnnxMapping } from "./onnx.js";
import { fitsTransposed, transposedAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { convolutionAttributes, pairAt } from "./tensorflow-window.js";
import { invariant } from "../errors.js";

export type DepthwiseConv2dInputGradientAttributes = Slide & { readonly inputSize: Pair };

/**
 * dx of y = depthwiseConv2d(x, kernel), from dy and the kernel.
 *
 * Shape   f32[n, h', w', c m], f32[kh, kw, c, m] -> f32[n, h, w, c], h and w from `inputSize`.
 * Cost    2 h' w' kh kw c m FLOP per example.
 * Source  As conv2dInputGradient, channel by channel.
 */
export const depthwiseConv2dInputGradientOperator = {
  kind: "operator",
  name: "depthwiseConv2dInputGradient",
  traits: ["linear"],
  type: ([dy, kernel], attrs) => {
    const name = "depthwiseConv2dInputGradient";
    const bad = badSlide(name, attrs) ?? firstBad(name, attrs, { inputSize: isPair(attrs.inputSize) });
    if (bad !== undefined) return E.left(bad);
    const output = imageOf(dy);
    const taps = imageOf(kernel);
    if (output === undefined || taps === undefined || typeof taps.n !== "number")
      return E.left(`${name} needs an output gradient [n, h, w, c m] and a kernel [kh, kw, c, m]`);
    const [h, w] = attrs.inputSize;
    return output.h === slideSize(h, taps.n, attrs, 0) &&
      output.w === slideSize(w, taps.h, attrs, 1) &&
      output.c === taps.w * taps.c
      ? E.right(f32(output.n, h, w, taps.w))
      : E.left(`${name}: ${output.h}x${output.w}x${output.c} is no output of ${h}x${w} with this kernel`);
  },
  gradient: ({ inputs: [dy, kernel], outputGradient: g, attrs: { inputSize: _, ...slide }, needs, emit }) => {
    if (dy === undefined || kernel === undefined) return [];
    const kernelSize = kernel.type.shape.slice(0, 2);
    return [
      needs(0) ? emit("depthwiseConv2d", [g, kernel], slide) : undefined,
      needs(1) ? emit("depthwiseConv2dFilterGradient", [g, dy], { ...slide, kernelSize }) : undefined,
    ];
  },
  decompose: (request) => asForwardConvolution(request),
  kernel: ({ attrs, output }) =>
    attrs.dilations.every((dilation) => dilation === 1)
      ? {
          kernel: "DepthwiseConv2dNativeBackpropInput",
          inputs: { dy: 0, filter: 1 },
          attrs: {
            strides: attrs.strides,
            dilations: attrs.dilations,
            pad: padAttribute(attrs.pads),
            inputShape: output.shape,
          },
        }
      : undefined,
  flops: ({ inputs: [dy, kernel] }) =>
    convolutionFlops(dy?.shape ?? [], (kernel?.shape ?? []).slice(0, 2)) * (dy?.shape[3] ?? 0),
} satisfies Operator<DepthwiseConv2dInputGradientAttributes>;

/**
 * A forward depthwise convolution of the zero-dilated, padded dy with the flipped kernel, one number per channel of dy;
 * then the m results of each input channel are summed.
 */
const asForwardConvolution = ({
  inputs: [dy, kernel],
  output,
  attrs,
  emit,
}: DecomposeRequest<DepthwiseConv2dInputGradientAttributes>): Value | undefined => {
  if (dy === undefined || kernel === undefined) return undefined;
  const [kh = 1, kw = 1, channels = 1, multiplier = 1] = kernel.type.shape.map(Number);
  const read = turnedInput(emit, dy, { ...attrs, kernelSize: [kh, kw] });
  if (read === undefined) return zerosOf(emit, output.shape);
  const turned = emit("reverse", [kernel], { axes: [0, 1] });
  const flipped = emit("reshape", [turned], { shape: [kh, kw, channels * multiplier, 1] });
  const slide = { strides: [1, 1], pads: read.pads, dilations: attrs.dilations };
  const all = emit("depthwiseConv2d", [read.image, flipped], slide);
  if (multiplier === 1) return all;
  const apart = emit("reshape", [all], { shape: [...output.shape, multiplier] });
  return emit("reduceSum", [apart], { axes: [4], keepDims: false });
};

export const depthwiseConv2dInputGradientReference = {
  kind: "reference",
  operator: "depthwiseConv2dInputGradient",
  run: ([dy, kernel], dx, attrs) => {
    if (dy === undefined || kernel === undefined) return;
    conv2dInputGradientReference.run([dy, groupedKernel(kernel)], dx, inGroups(attrs, channelsOf(dx)));
  },
  cases: [
    {
      inputs: ["f32[2, 3, 3, 5]", "f32[3, 3, 5, 1]"],
      attrs: {
        inputSize: [5, 5],
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[2, 3, 2, 6]", "f32[3, 2, 3, 2]"],
      attrs: {
        inputSize: [6, 5],
        strides: [2, 3],
        pads: [
          [1, 1],
          [0, 1],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[1, 4, 4, 6]", "f32[2, 2, 2, 3]"],
      attrs: {
        inputSize: [5, 5],
        strides: [1, 1],
        pads: [
          [0, 1],
          [1, 0],
        ],
        dilations: [2, 2],
      },
    },
    {
      inputs: ["f32[2, 6, 5, 2]", "f32[2, 1, 2, 1]"],
      attrs: {
        inputSize: [4, 4],
        strides: [1, 1],
        pads: [
          [2, 1],
          [1, 0],
        ],
        dilations: [1, 1],
      },
    },
    // Every window lies in the padding.
    {
      inputs: ["f32[1, 3, 3, 4]", "f32[1, 1, 2, 2]"],
      attrs: {
        inputSize: [2, 2],
        strides: [3, 3],
        pads: [
          [7, 0],
          [7, 0],
        ],
        dilations: [1, 1],
      },
    },
  ],
} satisfies Reference<DepthwiseConv2dInputGradientAttributes>;

/** A transposed convolution with a group for each channel of the image. */
export const depthwiseConv2dInputGradientOnnx = {
  kind: "onnx",
  operator: "depthwiseConv2dInputGradient",
  has: ({ inputs: [dy, kernel], attrs }) => fitsTransposed(dy?.shape, kernel?.shape, attrs),
  write: ({ inputs: [dy, kernel], input, turned, node, attrs }) => {
    const [kh = 1, kw = 1, channels = 1, multiplier = 1] = (kernel?.shape ?? []).map(Number);
    const taps = turned(1, [2, 3, 0, 1], [channels * multiplier, 1, kh, kw]);
    return {
      layout: "first",
      name: node("ConvTranspose", [input(0, "first"), taps], {
        ...transposedAttributes({ ...attrs, kernel: [kh, kw] }, dy?.shape ?? []),
        group: int(channels),
      }),
    };
  },
} satisfies OnnxMapping<DepthwiseConv2dInputGradientAttributes>;

export const depthwiseConv2dInputGradientTensorFlow = {
  kind: "tensorflow",
  operator: "depthwiseConv2dInputGradient",
  has: ({ attrs: { strides, dilations } }) =>
    strides[0] === strides[1] && dilations.every((dilation) => dilation === 1),
  write: ({ values: [dy, kernel], inputs: [, taps], output, attrs, graph }) => {
    invariant(dy && kernel && taps, "depthwiseConv2dInputGradient has dy and a kernel");
    const slide = convolutionAttributes(attrs.inputSize, pairAt(taps.shape, 0), attrs);
    return graph.node(
      "DepthwiseConv2dNativeBackpropInput",
      [graph.sizes(output.shape), kernel, dy],
      { ...slide, T: { type: "f32" } },
      "f32",
    );
  },
} satisfies TensorFlowMapping<DepthwiseConv2dInputGradientAttributes>;
