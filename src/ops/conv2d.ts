/** 2-D convolution: the layer, and its operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { groupsProblem, type GroupsProblem } from "../shape/groups.js";
import { channelsProblem, imageShape, type ChannelsProblem, type ImageShape } from "../shape/image.js";
import type { Div } from "../shape/nat.js";
import {
  isPaddingOption,
  isPairOption,
  pairOf,
  type First,
  type PaddingOption,
  type PairOption,
  type Second,
} from "../shape/padding.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { reachProblem, type ReachProblem } from "../shape/reach.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { padsOf, windowShape, type WindowShape } from "../shape/window.js";
import {
  activationKind,
  activationProblem,
  emitActivation,
  type ActivationKind,
  type ActivationName,
} from "./activations.js";
import { imageAxes } from "./image-axes.js";
import { glorotUniform, zeros, type Initializer } from "./initializers.js";
import type { Constraint, LayerSpec, Regularizer } from "./layer.js";
import { f32 } from "../compiler/ir/type.js";
import { badConvolution, convolutionFlops, padAttribute, slideSize, type ConvolutionSlide } from "./conv-window.js";
import { depthwiseKernel } from "./depthwise.js";
import { biasAndActivation } from "./epilogue.js";
import { absorbIntoKernel, paddedSlide, scaleOfGroups } from "./fold-input.js";
import { addProduct, rowMajor } from "./matrix-product.js";
import type { Operator, Reference } from "./operator.js";
import { forEachBlock, forwardSize } from "./patches.js";
import { splitLastAxis } from "./split.js";
import { int, type OnnxMapping } from "./onnx.js";
import { windowAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import { convolutionAttributes, pairAt } from "./tensorflow-window.js";
import { torchBias, torchKernel2d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { readConv } from "./onnx-reading-convolution.js";

interface Conv2dOptions<F, K, St, P, D, G, A, X = boolean, B = boolean> {
  readonly filters: F;
  readonly kernelSize: K;
  readonly strides?: St | undefined;
  readonly padding?: P | undefined;
  readonly dilationRate?: D | undefined;
  readonly groups?: G | undefined;
  readonly useBias?: B | undefined;
  readonly activation?: A | undefined;
  readonly kernelInitializer?: Initializer | undefined;
  readonly biasInitializer?: Initializer | undefined;
  readonly kernelRegularizer?: Regularizer | undefined;
  /** What training brings the kernel back to after each step. */
  readonly kernelConstraint?: Constraint | undefined;
  /** Whether cells that no window holds are an error; see `strict`. */
  readonly strict?: X | undefined;
}
type AnyConv2dOptions = Conv2dOptions<
  number,
  PairOption,
  PairOption,
  PaddingOption,
  PairOption,
  number,
  ActivationName
>;

/** The layer that {@link conv2d} makes. */
export interface Conv2d<
  F extends number,
  K extends PairOption,
  St extends PairOption = 1,
  P extends PaddingOption = "valid",
  D extends PairOption = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv2dShape<this["~in"], F, K, St, P, D, G, this["~strict"]>;
  readonly "~params": Conv2dWeights<this["~in"], F, K, G>;
}

/** Types: the weights on an image whose shape fits. */
type Conv2dWeights<S, F, K, G> = S extends readonly [unknown, unknown, infer C]
  ? OwnWeights<"conv2d", { kernel: [First<K>, Second<K>, G extends 1 ? C : Div<C, G>, F]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv2dShape<S, F, K, St, P, D, G, Strict = false> =
  ImageShape<"conv2d", S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? Conv2dProblem<X, C, F, K, St, P, D, G> extends infer M extends string
        ? ShapeError<M>
        : WindowShape<"conv2d", "kernel", H, W, F, K, St, P, D, Strict>
      : X
    : never;
type Conv2dProblem<S, C, F, K, St, P, D, G> =
  SizeProblem<"conv2d", "filters", F> extends infer M extends string
    ? M
    : SizeProblem<"conv2d", "kernelSize", K> extends infer M extends string
      ? M
      : SizeProblem<"conv2d", "strides", St> extends infer M extends string
        ? M
        : SizeProblem<"conv2d", "padding", P, 0> extends infer M extends string
          ? M
          : SizeProblem<"conv2d", "dilationRate", D> extends infer M extends string
            ? M
            : ReachProblem<"conv2d", K, D> extends infer M extends string
              ? M
              : SizeProblem<"conv2d", "groups", G> extends infer M extends string
                ? M
                : ChannelsProblem<"conv2d", C, S> extends infer M extends string
                  ? M
                  : GroupsProblem<"conv2d", C, F, G>;

/** Run-time twin of {@link Conv2dShape}. */
export const conv2dShape = (
  options: AnyConv2dOptions,
  shape: Shape | undefined,
  strict = false,
): Either<string, Shape> => {
  const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1, activation } = options;
  const image = imageShape("conv2d", shape);
  if (E.isLeft(image)) return image;
  const problem =
    sizeProblem("conv2d", { name: "filters", value: filters }) ??
    sizeProblem("conv2d", { name: "kernelSize", value: kernelSize }, isPairOption) ??
    sizeProblem("conv2d", { name: "strides", value: strides }, isPairOption) ??
    sizeProblem("conv2d", { name: "padding", value: padding, least: 0 }, isPaddingOption) ??
    sizeProblem("conv2d", { name: "dilationRate", value: dilationRate }, isPairOption) ??
    reachProblem("conv2d", kernelSize, dilationRate) ??
    sizeProblem("conv2d", { name: "groups", value: groups }) ??
    activationProblem("conv2d", activation) ??
    channelsProblem("conv2d", image.right) ??
    groupsProblem("conv2d", { channels: image.right[2], filters, groups });
  if (problem !== undefined) return E.left(problem);
  const [h, w] = image.right;
  return windowShape("conv2d", "kernel", [h, w, filters], {
    kernel: kernelSize,
    strides,
    padding,
    dilation: dilationRate,
    strict,
  });
};

const conv2dLayer = (options: AnyConv2dOptions): LayerSpec => ({
  name: "conv2d",
  options,
  rule: ([shape], strict) => conv2dShape(options, shape, strict),
  build: ({ emit, parameter }, [x]) => {
    invariant(x, "conv2d has one input");
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
    const { size, channels } = imageAxes(x);
    const kernel = parameter("kernel", [...pairOf(kernelSize), channels / groups, filters], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
      constraint: options.kernelConstraint,
    });
    const y = emit("conv2d", [x, kernel], {
      strides: pairOf(strides),
      pads: padsOf(size, { kernel: kernelSize, strides, padding, dilation: dilationRate }),
      dilations: pairOf(dilationRate),
      groups,
    });
    if (options.useBias === false) return emitActivation(emit, y, options.activation);
    const bias = parameter("bias", [filters], { initializer: options.biasInitializer ?? zeros });
    return emitActivation(emit, emit("biasAdd", [y, bias], {}), options.activation);
  },
});

/**
 * 2-D convolution (cross-correlation) over an image in NHWC.
 *
 * Shape   [h, w, cIn] -> [h', w', filters]; h' = ceil(h / stride) for "same",
 *         floor((h + pads - dilation (kernel - 1) - 1) / stride) + 1 otherwise.
 * Params  kernel [kh, kw, cIn / groups, filters], Glorot uniform; bias [filters], zeros.
 * Cost    2 h' w' kh kw (cIn / groups) filters FLOP per example.
 * Errors  an option that is no size; an input that is no image; unknown channels; groups that do not divide channels
 *         and filters; a kernel larger than the padded input; with `strict: true` cells that no window holds.
 * Source  Dumoulin & Visin 2016 (arXiv:1603.07285) §2, §4; ONNX Conv-22 for asymmetric pads; TensorFlow for "same".
 *
 * @example
 * const y = pipe(input([28, 28, 1]), conv2d({ filters: 64, kernelSize: 3, activation: "relu" })) // Expr<[26, 26, 64]>
 */
export function conv2d<
  F extends number,
  const K extends PairOption,
  const St extends PairOption = 1,
  const P extends PaddingOption = "valid",
  const D extends PairOption = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(options: Conv2dOptions<F, K, St, P, D, G, A, X, B>): StrictIf<X, WithIf<B, "bias", Conv2d<F, K, St, P, D, G, A>>> {
  return strictIf(options.strict, defineLayer(conv2dLayer(options), activationKind(options.activation)));
}

/** The operator `conv2d(x, kernel)`: cross-correlation in NHWC, kernels HWIO; bias and activation are operators of their own. */
export const conv2dOperator = {
  kind: "operator",
  name: "conv2d",
  traits: ["linear", "scalesWithKernel", "takesEpilogue"],
  type: ([x, kernel], attrs) => {
    const bad = badConvolution("conv2d", attrs);
    if (bad !== undefined) return E.left(bad);
    const [n, h, w, cIn] = x?.shape ?? [];
    const [kh, kw, channels, filters] = kernel?.shape ?? [];
    if (x?.shape.length !== 4 || kernel?.shape.length !== 4 || n === undefined || filters === undefined)
      return E.left("conv2d needs an image [n, h, w, c] and a kernel [kh, kw, c, filters]");
    if (typeof h !== "number" || typeof w !== "number" || typeof kh !== "number" || typeof kw !== "number")
      return E.left("conv2d: height, width and kernel size must be numbers");
    const { groups } = attrs;
    const divides =
      groups === 1 ||
      (typeof cIn === "number" && typeof filters === "number" && cIn % groups === 0 && filters % groups === 0);
    if (!divides || (groups === 1 ? channels !== cIn : channels !== Number(cIn) / groups))
      return E.left(
        `conv2d: a kernel for ${String(channels)} channels does not fit ${String(cIn)} channels in ${groups} groups`,
      );
    const [oh, ow] = [slideSize(h, kh, attrs, 0), slideSize(w, kw, attrs, 1)];
    return oh > 0 && ow > 0
      ? E.right(f32(n, oh, ow, filters))
      : E.left(`conv2d: the kernel ${kh}x${kw} does not fit ${h}x${w}`);
  },
  gradient: ({ inputs: [x, kernel], outputGradient, attrs, needs, emit }) => {
    if (x === undefined || kernel === undefined) return [];
    const inputSize = x.type.shape.slice(1, 3);
    const kernelSize = kernel.type.shape.slice(0, 2);
    return [
      needs(0) ? emit("conv2dInputGradient", [outputGradient, kernel], { ...attrs, inputSize }) : undefined,
      needs(1) ? emit("conv2dFilterGradient", [x, outputGradient], { ...attrs, kernelSize }) : undefined,
    ];
  },
  paddingValue: 0,
  padded: paddedSlide,
  absorbInput: (change) =>
    absorbIntoKernel({
      ...change,
      op: "conv2d",
      scaleOf: (scale) => scaleOfGroups(scale, change.inputs[1]?.type.shape ?? [], change.attrs, change.emit),
    }),
  isPointwise: ([, kernel], { strides, pads }) =>
    kernel?.shape[0] === 1 &&
    kernel.shape[1] === 1 &&
    strides.every((step) => step === 1) &&
    !pads.flat().some(Boolean),
  decompose: ({ inputs: [x, kernel], attrs, emit }) => {
    if (x === undefined || kernel === undefined || attrs.groups === 1) return undefined;
    if (x.type.shape[3] === attrs.groups) {
      const { groups, ...slide } = attrs;
      return emit("depthwiseConv2d", [x, depthwiseKernel(kernel, groups, emit)], slide);
    }
    const images = splitLastAxis(x, attrs.groups, emit);
    const kernels = splitLastAxis(kernel, attrs.groups, emit);
    const parts = images.map((image, group) =>
      emit("conv2d", [image, kernels[group] ?? kernel], { ...attrs, groups: 1 }),
    );
    return emit("concatenate", parts, { axis: 3 });
  },
  kernel: ({ attrs, epilogue }) => {
    if (attrs.groups !== 1) return undefined;
    const { bias, ...activation } = biasAndActivation(epilogue);
    const common = {
      strides: attrs.strides,
      pad: padAttribute(attrs.pads),
      dataFormat: "NHWC",
      dilations: attrs.dilations,
    };
    return epilogue.length === 0
      ? { kernel: "Conv2D", inputs: { x: 0, filter: 1 }, attrs: common }
      : {
          kernel: "FusedConv2D",
          inputs: { x: 0, filter: 1, ...(bias ? { bias: 2 } : {}) },
          attrs: { ...common, ...activation },
        };
  },
  flops: ({ inputs: [, kernel], output }) => convolutionFlops(output.shape, kernel?.shape ?? []),
} satisfies Operator<ConvolutionSlide>;

export const conv2dReference = {
  kind: "reference",
  operator: "conv2d",
  run: ([x, kernel], output, attrs) => {
    if (x === undefined || kernel === undefined) return;
    const [n = 0, h = 0, w = 0, cIn = 0] = x.shape;
    const [kh = 0, kw = 0, , filters = 0] = kernel.shape;
    const [, oh = 0, ow = 0] = output.shape;
    const plan = { input: [h, w], kernel: [kh, kw], output: [oh, ow], slide: attrs, cIn, filters } as const;
    forEachBlock(n, plan, (block) => {
      block.gather(x.data);
      const { taps } = block.size;
      addProduct(
        block.output(output.data),
        rowMajor(block.patches, taps),
        block.kernel(kernel.data),
        forwardSize(block.size),
      );
    });
  },
  cases: [
    {
      inputs: ["f32[2, 5, 6, 3]", "f32[3, 3, 3, 4]"],
      attrs: {
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
      inputs: ["f32[2, 7, 6, 2]", "f32[3, 2, 2, 5]"],
      attrs: {
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
      inputs: ["f32[1, 7, 7, 4]", "f32[2, 3, 2, 6]"],
      attrs: {
        strides: [1, 1],
        pads: [
          [2, 1],
          [0, 2],
        ],
        dilations: [2, 2],
        groups: 2,
      },
    },
    {
      inputs: ["f32[2, 4, 4, 5]", "f32[1, 1, 5, 7]"],
      attrs: {
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
      inputs: ["f32[2, 6, 6, 3]", "f32[5, 5, 3, 2]"],
      attrs: {
        strides: [1, 1],
        pads: [
          [2, 2],
          [2, 2],
        ],
        dilations: [1, 1],
        groups: 1,
      },
    },
  ],
} satisfies Reference<ConvolutionSlide>;

export const conv2dOnnx = {
  kind: "onnx",
  operator: "conv2d",
  takesBias: true,
  write: ({ inputs: [, kernel], input, turned, bias, node, attrs: { groups, ...slide } }) => ({
    layout: "first",
    name: node("Conv", [input(0, "first"), turned(1, [3, 2, 0, 1]), bias ?? ""], {
      ...windowAttributes({ ...slide, kernel: [Number(kernel?.shape[0]), Number(kernel?.shape[1])] }),
      group: int(groups),
    }),
  }),
} satisfies OnnxMapping<ConvolutionSlide>;

export const conv2dOnnxReading = {
  kind: "onnxReading",
  reads: "Conv",
  read: readConv,
} satisfies OnnxReading;

export const conv2dTensorFlow = {
  kind: "tensorflow",
  operator: "conv2d",
  // TensorFlow convolves in groups on GPUs only.
  has: ({ attrs }) => attrs.groups === 1,
  write: ({ values, inputs: [x, kernel], attrs, graph }) => {
    invariant(x !== undefined && kernel !== undefined, "conv2d has an image and a kernel");
    return graph.node("Conv2D", values, convolutionAttributes(pairAt(x.shape, 1), pairAt(kernel.shape, 0), attrs));
  },
} satisfies TensorFlowMapping<ConvolutionSlide>;

export const conv2dTorch = {
  kind: "torch",
  word: "conv2d",
  weights: { kernel: torchKernel2d, bias: torchBias },
} satisfies TorchMapping;

export const conv2dKeras = convolutionKeras({
  word: "conv2d",
  className: "Conv2D",
  rank: 2,
  kind: "plain",
  constrained: true,
}) satisfies KerasMapping;
