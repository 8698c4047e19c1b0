/** The gradient of conv2d by its input: each output cell's gradient goes back to the cells that its window read. */
import { E } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { firstBad, isPair } from "./attributes.js";
import {
  badConvolution,
  convolutionFlops,
  imageOf,
  padAttribute,
  slideSize,
  type ConvolutionSlide,
  type Pair,
} from "./conv-window.js";
import { addProduct, rowMajor, transposed } from "./matrix-product.js";
import type { DecomposeRequest, Operator, Reference } from "./operator.js";
import { forEachBlock } from "./patches.js";
import { depthwiseKernel } from "./depthwise.js";
import { zerosOf } from "./axis-steps.js";
import { splitLastAxis } from "./split.js";
import { turnedInput } from "./turned-input.js";
import type { Value } from "../compiler/ir/graph.js";
import { int, type OnnxMapping } from "./onnx.js";
import { fitsTransposed, transposedAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { convolutionAttributes, pairAt } from "./tensorflow-window.js";
import { invariant } from "../errors.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readConvTranspose } from "./onnx-reading-transposed.js";

export type Conv2dInputGradientAttributes = ConvolutionSlide & { readonly inputSize: Pair };

/**
 * dx of y = conv2d(x, kernel), from dy and the kernel.
 *
 * Shape   f32[n, h', w', filters], f32[kh, kw, cIn / groups, filters] -> f32[n, h, w, cIn], h and w from `inputSize`.
 * Cost    2 h' w' kh kw (cIn / groups) filters FLOP per example.
 * Source  Dumoulin & Visin 2016 (arXiv:1603.07285) §4: a convolution of the zero-dilated, padded dy with the flipped kernel.
 */
export const conv2dInputGradientOperator = {
  kind: "operator",
  name: "conv2dInputGradient",
  // As a transposed convolution its output channels are the kernel's third axis.
  traits: ["linear", "scalesWithKernel"],
  scaleShape: ([, , channels = 1], { groups }) => (groups === 1 ? [channels, 1] : undefined),
  type: ([dy, kernel], attrs) => {
    const bad =
      badConvolution("conv2dInputGradient", attrs) ??
      firstBad("conv2dInputGradient", attrs, { inputSize: isPair(attrs.inputSize) });
    if (bad !== undefined) return E.left(bad);
    const output = imageOf(dy);
    const [kh, kw, channels, filters] = kernel?.shape ?? [];
    if (output === undefined || typeof kh !== "number" || typeof kw !== "number" || typeof channels !== "number")
      return E.left(
        "conv2dInputGradient needs an output gradient [n, h, w, filters] and a kernel [kh, kw, cIn, filters]",
      );
    const [h, w] = attrs.inputSize;
    return output.h === slideSize(h, kh, attrs, 0) && output.w === slideSize(w, kw, attrs, 1) && output.c === filters
      ? E.right(f32(output.n, h, w, channels * attrs.groups))
      : E.left(`conv2dInputGradient: ${output.h}x${output.w}x${output.c} is no output of ${h}x${w} with this kernel`);
  },
  gradient: ({ inputs: [dy, kernel], outputGradient: g, attrs: { inputSize: _, ...slide }, needs, emit }) => {
    if (dy === undefined || kernel === undefined) return [];
    const kernelSize = kernel.type.shape.slice(0, 2);
    return [
      needs(0) ? emit("conv2d", [g, kernel], slide) : undefined,
      needs(1) ? emit("conv2dFilterGradient", [g, dy], { ...slide, kernelSize }) : undefined,
    ];
  },
  decompose: (request) => (request.attrs.groups === 1 ? asForwardConvolution(request) : byGroups(request)),
  kernel: ({ attrs, output }) =>
    attrs.groups === 1 && attrs.dilations[0] === 1 && attrs.dilations[1] === 1
      ? {
          kernel: "Conv2DBackpropInput",
          inputs: { dy: 0, filter: 1 },
          attrs: {
            strides: attrs.strides,
            pad: padAttribute(attrs.pads),
            dataFormat: "NHWC",
            inputShape: output.shape,
          },
        }
      : undefined,
  flops: ({ inputs: [dy, kernel] }) => convolutionFlops(dy?.shape ?? [], kernel?.shape ?? []),
} satisfies Operator<Conv2dInputGradientAttributes>;

/** Each group has its own channels of dy and of the kernel's filters, and gives its own channels of dx; groups of one channel are depthwise. */
const byGroups = ({
  inputs: [dy, kernel],
  attrs,
  emit,
}: DecomposeRequest<Conv2dInputGradientAttributes>): Value | undefined => {
  if (dy === undefined || kernel === undefined) return undefined;
  if (kernel.type.shape[2] === 1) {
    const { groups, ...slide } = attrs;
    return emit("depthwiseConv2dInputGradient", [dy, depthwiseKernel(kernel, groups, emit)], slide);
  }
  const kernels = splitLastAxis(kernel, attrs.groups, emit);
  const parts = splitLastAxis(dy, attrs.groups, emit).map((part, group) =>
    emit("conv2dInputGradient", [part, kernels[group] ?? kernel], { ...attrs, groups: 1 }),
  );
  return emit("concatenate", parts, { axis: 3 });
};

/** A forward convolution with the flipped, in/out-transposed kernel: seven times faster on wasm than its kernel for this. */
const asForwardConvolution = ({
  inputs,
  output,
  attrs,
  emit,
}: DecomposeRequest<Conv2dInputGradientAttributes>): Value | undefined => {
  const [dy, kernel] = inputs;
  if (dy === undefined || kernel === undefined) return undefined;
  const [kh, kw] = kernel.type.shape;
  const read = turnedInput(emit, dy, { ...attrs, kernelSize: [Number(kh), Number(kw)] });
  if (read === undefined) return zerosOf(emit, output.shape);
  const flipped = emit("transpose", [emit("reverse", [kernel], { axes: [0, 1] })], { permutation: [0, 1, 3, 2] });
  const slide = { strides: [1, 1], pads: read.pads, dilations: attrs.dilations, groups: 1 };
  return emit("conv2d", [read.image, flipped], slide);
};

export const conv2dInputGradientReference = {
  kind: "reference",
  operator: "conv2dInputGradient",
  run: ([dy, kernel], dx, attrs) => {
    if (dy === undefined || kernel === undefined) return;
    const [n = 0, oh = 0, ow = 0, filters = 0] = dy.shape;
    const [kh = 0, kw = 0] = kernel.shape;
    const [, h = 0, w = 0, cIn = 0] = dx.shape;
    const plan = { input: [h, w], kernel: [kh, kw], output: [oh, ow], slide: attrs, cIn, filters } as const;
    forEachBlock(n, plan, (block) => {
      const { cells, taps, filters: inner } = block.size;
      const flipped = transposed(block.kernel(kernel.data));
      addProduct(rowMajor(block.patches, taps), block.output(dy.data), flipped, { rows: cells, inner, columns: taps });
      block.scatter(dx.data);
    });
  },
  cases: [
    {
      inputs: ["f32[2, 3, 3, 4]", "f32[3, 3, 2, 4]"],
      attrs: {
        inputSize: [5, 5],
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
    {
      inputs: ["f32[2, 3, 2, 3]", "f32[3, 2, 2, 3]"],
      attrs: {
        inputSize: [6, 5],
        strides: [2, 3],
        pads: [
          [1, 1],
          [0, 1],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
    {
      inputs: ["f32[1, 4, 4, 4]", "f32[2, 2, 3, 4]"],
      attrs: {
        inputSize: [5, 5],
        strides: [1, 1],
        pads: [
          [0, 1],
          [1, 0],
        ],
        dilations: [2, 2],
        groups: 2,
      },
    },
    {
      // Every window lies in the padding above the image.
      inputs: ["f32[1, 1, 2, 2]", "f32[1, 1, 1, 2]"],
      attrs: {
        inputSize: [1, 4],
        strides: [3, 3],
        pads: [
          [1, 1],
          [1, 1],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
    {
      inputs: ["f32[2, 6, 5, 2]", "f32[2, 1, 3, 2]"],
      attrs: {
        inputSize: [4, 4],
        strides: [1, 1],
        pads: [
          [2, 1],
          [1, 0],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
  ],
} satisfies Reference<Conv2dInputGradientAttributes>;

/** A transposed convolution. */
export const conv2dInputGradientOnnx = {
  kind: "onnx",
  operator: "conv2dInputGradient",
  has: ({ inputs: [dy, kernel], attrs }) => fitsTransposed(dy?.shape, kernel?.shape, attrs),
  write: ({ inputs: [dy, kernel], input, turned, node, attrs: { groups, ...slide } }) => {
    const kernelSize = [Number(kernel?.shape[0]), Number(kernel?.shape[1])] as const;
    return {
      layout: "first",
      name: node("ConvTranspose", [input(0, "first"), turned(1, [3, 2, 0, 1])], {
        ...transposedAttributes({ ...slide, kernel: kernelSize }, dy?.shape ?? []),
        group: int(groups),
      }),
    };
  },
} satisfies OnnxMapping<Conv2dInputGradientAttributes>;

export const conv2dInputGradientOnnxReading = {
  kind: "onnxReading",
  reads: "ConvTranspose",
  read: readConvTranspose,
} satisfies OnnxReading;

export const conv2dInputGradientTensorFlow = {
  kind: "tensorflow",
  operator: "conv2dInputGradient",
  // TensorFlow's gradients take dilations and groups on GPUs only.
  has: ({ attrs: { groups, dilations } }) => groups === 1 && dilations.every((dilation) => dilation === 1),
  write: ({ values: [dy, kernel], inputs: [, taps], output, attrs, graph }) => {
    invariant(dy && kernel && taps, "conv2dInputGradient has dy and a kernel");
    const slide = convolutionAttributes(attrs.inputSize, pairAt(taps.shape, 0), attrs);
    return graph.node(
      "Conv2DBackpropInput",
      [graph.sizes(output.shape), kernel, dy],
      { ...slide, T: { type: "f32" } },
      "f32",
    );
  },
} satisfies TensorFlowMapping<Conv2dInputGradientAttributes>;
