/** The gradient of conv2d by its kernel: every kernel tap sums the products of the input and output cells that it joined. */
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
import { splitLastAxis } from "./split.js";
import type { Value } from "../compiler/ir/graph.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { convolutionAttributes, pairAt } from "./tensorflow-window.js";
import { invariant } from "../errors.js";

export type Conv2dFilterGradientAttributes = ConvolutionSlide & { readonly kernelSize: Pair };

/**
 * dKernel of y = conv2d(x, kernel), from x and dy.
 *
 * Shape   f32[n, h, w, cIn], f32[n, h', w', filters] -> f32[kh, kw, cIn / groups, filters], kh and kw from `kernelSize`.
 * Cost    2 h' w' kh kw (cIn / groups) filters FLOP per example.
 * Source  The chain rule; as a convolution (decompose): batch and channels change places, strides become dilations.
 */
export const conv2dFilterGradientOperator = {
  kind: "operator",
  name: "conv2dFilterGradient",
  traits: ["linear"],
  type: ([x, dy], attrs) => {
    const bad =
      badConvolution("conv2dFilterGradient", attrs) ??
      firstBad("conv2dFilterGradient", attrs, { kernelSize: isPair(attrs.kernelSize) });
    if (bad !== undefined) return E.left(bad);
    const input = imageOf(x);
    const output = imageOf(dy);
    const [kh, kw] = attrs.kernelSize;
    if (input === undefined || output === undefined)
      return E.left("conv2dFilterGradient needs x [n, h, w, cIn] and dy [n, h', w', filters]");
    return output.h === slideSize(input.h, kh, attrs, 0) &&
      output.w === slideSize(input.w, kw, attrs, 1) &&
      input.c % attrs.groups === 0 &&
      output.c % attrs.groups === 0
      ? E.right(f32(kh, kw, input.c / attrs.groups, output.c))
      : E.left(
          `conv2dFilterGradient: ${output.h}x${output.w}x${output.c} is no output of ${input.h}x${input.w}x${input.c} with a kernel ${kh}x${kw}`,
        );
  },
  gradient: ({ inputs: [x, dy], outputGradient: g, attrs: { kernelSize: _, ...slide }, needs, emit }) => {
    if (x === undefined || dy === undefined) return [];
    const inputSize = x.type.shape.slice(1, 3);
    return [
      needs(0) ? emit("conv2dInputGradient", [dy, g], { ...slide, inputSize }) : undefined,
      needs(1) ? emit("conv2d", [x, g], slide) : undefined,
    ];
  },
  decompose: (request) => (request.attrs.groups === 1 ? asForwardConvolution(request) : byGroups(request)),
  kernel: ({ attrs, output }) =>
    attrs.groups === 1 && attrs.dilations[0] === 1 && attrs.dilations[1] === 1
      ? {
          kernel: "Conv2DBackpropFilter",
          inputs: { x: 0, dy: 1 },
          attrs: {
            strides: attrs.strides,
            pad: padAttribute(attrs.pads),
            dataFormat: "NHWC",
            filterShape: output.shape,
          },
        }
      : undefined,
  flops: ({ inputs: [, dy], output }) => convolutionFlops(dy?.shape ?? [], output.shape),
} satisfies Operator<Conv2dFilterGradientAttributes>;

/** Each group joins its own channels of x with its own channels of dy; groups of one channel are depthwise. */
const byGroups = ({
  inputs: [x, dy],
  attrs,
  emit,
}: DecomposeRequest<Conv2dFilterGradientAttributes>): Value | undefined => {
  if (x === undefined || dy === undefined) return undefined;
  if (x.type.shape[3] === attrs.groups) {
    const { groups: _, ...slide } = attrs;
    const kernel = emit("depthwiseConv2dFilterGradient", [x, dy], slide);
    return emit("reshape", [kernel], { shape: [...attrs.kernelSize, 1, dy.type.shape[3] ?? 0] });
  }
  const gradients = splitLastAxis(dy, attrs.groups, emit);
  const parts = splitLastAxis(x, attrs.groups, emit).map((part, group) =>
    emit("conv2dFilterGradient", [part, gradients[group] ?? dy], { ...attrs, groups: 1 }),
  );
  return emit("concatenate", parts, { axis: 3 });
};

/** conv2d(xᵀ, dyᵀ) with the strides as dilations, cut to the kernel's size. */
const asForwardConvolution = ({
  inputs,
  attrs: { kernelSize, strides, pads, dilations },
  emit,
}: DecomposeRequest<Conv2dFilterGradientAttributes>): Value | undefined => {
  const [x, dy] = inputs;
  if (x === undefined || dy === undefined) return undefined;
  const padded = pads.flat().some((pad) => pad > 0)
    ? emit("pad", [x], { pads: [[0, 0], pads[0], pads[1], [0, 0]], value: 0 })
    : x;
  const images = emit("transpose", [padded], { permutation: [3, 1, 2, 0] });
  const kernel = emit("transpose", [dy], { permutation: [1, 2, 0, 3] });
  const taps = emit("conv2d", [images, kernel], {
    strides: dilations,
    pads: [
      [0, 0],
      [0, 0],
    ],
    dilations: strides,
    groups: 1,
  });
  const [channels = 0, , , filters = 0] = taps.type.shape;
  const cut = emit("slice", [taps], { begin: [0, 0, 0, 0], size: [channels, kernelSize[0], kernelSize[1], filters] });
  return emit("transpose", [cut], { permutation: [1, 2, 0, 3] });
};

export const conv2dFilterGradientReference = {
  kind: "reference",
  operator: "conv2dFilterGradient",
  run: ([x, dy], dKernel, attrs) => {
    if (x === undefined || dy === undefined) return;
    const [n = 0, h = 0, w = 0, cIn = 0] = x.shape;
    const [, oh = 0, ow = 0, filters = 0] = dy.shape;
    const [kh = 0, kw = 0] = dKernel.shape;
    const plan = { input: [h, w], kernel: [kh, kw], output: [oh, ow], slide: attrs, cIn, filters } as const;
    forEachBlock(n, plan, (block) => {
      block.gather(x.data);
      const { cells, taps, filters: columns } = block.size;
      const patches = transposed(rowMajor(block.patches, taps));
      addProduct(block.kernel(dKernel.data), patches, block.output(dy.data), { rows: taps, inner: cells, columns });
    });
  },
  cases: [
    {
      inputs: ["f32[2, 5, 5, 2]", "f32[2, 3, 3, 4]"],
      attrs: {
        kernelSize: [3, 3],
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
      inputs: ["f32[2, 6, 5, 2]", "f32[2, 3, 2, 3]"],
      attrs: {
        kernelSize: [3, 2],
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
      inputs: ["f32[1, 5, 5, 6]", "f32[1, 4, 4, 4]"],
      attrs: {
        kernelSize: [2, 2],
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
      inputs: ["f32[3, 4, 4, 5]", "f32[3, 4, 4, 7]"],
      attrs: {
        kernelSize: [1, 1],
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
  ],
} satisfies Reference<Conv2dFilterGradientAttributes>;

export const conv2dFilterGradientTensorFlow = {
  kind: "tensorflow",
  operator: "conv2dFilterGradient",
  // TensorFlow's gradients take dilations and groups on GPUs only.
  has: ({ attrs: { groups, dilations } }) => groups === 1 && dilations.every((dilation) => dilation === 1),
  write: ({ values: [x, dy], inputs: [image], output, attrs, graph }) => {
    invariant(x && dy && image, "conv2dFilterGradient has x and dy");
    const slide = convolutionAttributes(pairAt(image.shape, 1), attrs.kernelSize, attrs);
    return graph.node("Conv2DBackpropFilter", [x, graph.sizes(output.shape), dy], slide);
  },
} satisfies TensorFlowMapping<Conv2dFilterGradientAttributes>;
