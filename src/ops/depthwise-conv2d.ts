/** Depthwise 2-D convolution, each channel by kernels of its own: the layer, and its operator. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { f32 } from "../compiler/ir/type.js";
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { depthwiseProblem, type DepthwiseProblem } from "../shape/convolution.js";
import { imageShape, type ImageShape } from "../shape/image.js";
import type { Mul } from "../shape/nat.js";
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
import { padsOf, windowShape, type WindowShape } from "../shape/window.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import { placeEvery } from "./axis-steps.js";
import { badSlide, convolutionFlops, imageOf, padAttribute, slideSize, type Slide, extentOf } from "./conv-window.js";
import type { DepthwiseOptions } from "./convolution-options.js";
import { conv2dReference } from "./conv2d.js";
import { channelsOf, groupedKernel, inGroups } from "./depthwise.js";
import { biasAndActivation } from "./epilogue.js";
import { absorbIntoKernel, paddedSlide } from "./fold-input.js";
import { imageAxes } from "./image-axes.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
import type { Operator, Reference } from "./operator.js";
import { withBias } from "./with-bias.js";
import { int, type OnnxMapping } from "./onnx.js";
import { windowAttributes } from "./onnx-window.js";
import type { TensorFlowMapping } from "./tensorflow.js";
import {
  bordered,
  convolutionAttributes,
  everyCell,
  namedPadding,
  noPads,
  pairAt,
  tapsApart,
} from "./tensorflow-window.js";
import { torchBias, torchDepthwiseKernel2d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = DepthwiseOptions<PairOption, PairOption, PaddingOption, PairOption, number, ActivationName>;

/** The layer that {@link depthwiseConv2d} makes. */
export interface DepthwiseConv2d<
  K extends PairOption,
  St extends PairOption = 1,
  P extends PaddingOption = "valid",
  D extends PairOption = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": DepthwiseConv2dShape<this["~in"], K, St, P, D, M, this["~strict"]>;
  readonly "~params": DepthwiseConv2dWeights<this["~in"], K, M>;
}

/** Types: the weights on an image whose shape fits. */
type DepthwiseConv2dWeights<S, K, M> = S extends readonly [unknown, unknown, infer C]
  ? OwnWeights<"depthwiseConv2d", { kernel: [First<K>, Second<K>, C, M]; bias: [Mul<C, M>] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type DepthwiseConv2dShape<S, K, St, P, D, M, Strict = false> =
  ImageShape<"depthwiseConv2d", S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? DepthwiseProblem<"depthwiseConv2d", X, C, K, St, P, D, M> extends infer T extends string
        ? ShapeError<T>
        : WindowShape<"depthwiseConv2d", "kernel", H, W, Mul<C, M>, K, St, P, D, Strict>
      : X
    : never;
/** Run-time twin of {@link DepthwiseConv2dShape}. */
const depthwiseConv2dShape = (
  options: AnyOptions,
  shape: Shape | undefined,
  strict: boolean,
): Either<string, Shape> => {
  const { kernelSize, strides = 1, padding = "valid", dilationRate = 1, depthMultiplier = 1, activation } = options;
  const name = "depthwiseConv2d";
  const image = imageShape(name, shape);
  if (E.isLeft(image)) return image;
  const given = { kernelSize, strides, padding, dilationRate, depthMultiplier };
  const problem = depthwiseProblem(name, image.right, given, imageForms) ?? activationProblem(name, activation);
  if (problem !== undefined) return E.left(problem);
  const [h, w, channels] = image.right;
  const filters = channels === null ? null : channels * depthMultiplier;
  const window = { kernel: kernelSize, strides, padding, dilation: dilationRate, strict };
  return windowShape(name, "kernel", [h, w, filters], window);
};

/** The forms in which the options over an image may come. */
export const imageForms = { isSizes: isPairOption, isPadding: isPaddingOption };

/** The operator's attributes for the options on an image of that size. */
export const depthwiseSlide = (
  size: readonly [number, number],
  options: Pick<AnyOptions, "kernelSize" | "strides" | "padding" | "dilationRate">,
): Slide => {
  const { kernelSize: kernel, strides = 1, padding = "valid", dilationRate: dilation = 1 } = options;
  const pads = padsOf(size, { kernel, strides, padding, dilation });
  return { strides: pairOf(strides), pads, dilations: pairOf(dilation) };
};

const depthwiseConv2dLayer = (options: AnyOptions): LayerSpec => ({
  name: "depthwiseConv2d",
  options,
  rule: ([shape], strict = false) => depthwiseConv2dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "depthwiseConv2d has one input");
    const { size, channels } = imageAxes(x);
    const shape = [...pairOf(options.kernelSize), channels, options.depthMultiplier ?? 1];
    const kernel = builder.parameter("kernel", shape, {
      initializer: options.depthwiseInitializer ?? glorotUniform,
      regularizer: options.depthwiseRegularizer,
    });
    return withBias(builder, builder.emit("depthwiseConv2d", [x, kernel], depthwiseSlide(size, options)), options);
  },
});

/**
 * Depthwise 2-D convolution over an image in NHWC: output channel c · depthMultiplier + j is input channel c by its j-th kernel.
 *
 * Shape   [h, w, c] -> [h', w', c · depthMultiplier]; h' as in conv2d.
 * Params  kernel [kh, kw, c, depthMultiplier], Glorot uniform; bias [c · depthMultiplier], zeros.
 * Cost    2 h' w' kh kw c depthMultiplier FLOP per example.
 * Errors  an option that is no size; an input that is no image; unknown channels; a kernel larger than the padded input;
 *         with `strict: true` cells that no window holds.
 * Source  Keras DepthwiseConv2D; Howard et al. 2017 (arXiv:1704.04861).
 *
 * @example
 * const y = pipe(input([56, 56, 32]), depthwiseConv2d({ kernelSize: 3, padding: "same" }), relu6) // Expr<[56, 56, 32]>
 */
export function depthwiseConv2d<
  const K extends PairOption,
  const St extends PairOption = 1,
  const P extends PaddingOption = "valid",
  const D extends PairOption = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: DepthwiseOptions<K, St, P, D, M, A, X, B>,
): StrictIf<X, WithIf<B, "bias", DepthwiseConv2d<K, St, P, D, M, A>>> {
  return strictIf(options.strict, defineLayer(depthwiseConv2dLayer(options), activationKind(options.activation)));
}

/** The operator `depthwiseConv2d(x, kernel)`: kernels [kh, kw, c, m]; bias and activation are operators of their own. */
export const depthwiseConv2dOperator = {
  kind: "operator",
  name: "depthwiseConv2d",
  traits: ["linear", "scalesWithKernel", "takesEpilogue"],
  scaleShape: ([, , channels = 1, multiplier = 1]) => [channels, multiplier],
  type: ([x, kernel], attrs) => {
    const bad = badSlide("depthwiseConv2d", attrs);
    if (bad !== undefined) return E.left(bad);
    const [image, taps] = [imageOf(x), imageOf(kernel)];
    if (image === undefined || taps === undefined || typeof taps.n !== "number")
      return E.left("depthwiseConv2d needs an image [n, h, w, c] and a kernel [kh, kw, c, m]");
    if (taps.w !== image.c)
      return E.left(`depthwiseConv2d: a kernel for ${taps.w} channels does not fit ${image.c} channels`);
    const [oh, ow] = [slideSize(image.h, taps.n, attrs, 0), slideSize(image.w, taps.h, attrs, 1)];
    return oh > 0 && ow > 0
      ? E.right(f32(image.n, oh, ow, taps.w * taps.c))
      : E.left(`depthwiseConv2d: the kernel ${taps.n}x${taps.h} does not fit ${image.h}x${image.w}`);
  },
  gradient: ({ inputs: [x, kernel], outputGradient, attrs, needs, emit }) => {
    if (x === undefined || kernel === undefined) return [];
    const inputSize = x.type.shape.slice(1, 3);
    const kernelSize = kernel.type.shape.slice(0, 2);
    return [
      needs(0) ? emit("depthwiseConv2dInputGradient", [outputGradient, kernel], { ...attrs, inputSize }) : undefined,
      needs(1) ? emit("depthwiseConv2dFilterGradient", [x, outputGradient], { ...attrs, kernelSize }) : undefined,
    ];
  },
  paddingValue: 0,
  padded: paddedSlide,
  absorbInput: (change) =>
    absorbIntoKernel({
      ...change,
      op: "depthwiseConv2d",
      scaleOf: (scale) => change.emit("reshape", [scale], { shape: [...scale.type.shape, 1] }),
    }),
  decompose: ({ inputs: [x, kernel], attrs, emit }) => {
    if (x === undefined || kernel === undefined) return undefined;
    if (isStridedAndDilated(attrs))
      return emit("depthwiseConv2d", [x, dilatedKernel(emit, kernel, attrs)], { ...attrs, dilations: [1, 1] });
    return kernel.type.shape[3] === 1 ? undefined : withRepeatedChannels(emit, x, kernel, attrs);
  },
  kernel: ({ attrs, epilogue }) => {
    if (isStridedAndDilated(attrs)) return undefined;
    const { bias, ...activation } = biasAndActivation(epilogue);
    const { strides, dilations } = attrs;
    const common = { strides, pad: padAttribute(attrs.pads), dataFormat: "NHWC", dilations };
    return epilogue.length === 0
      ? { kernel: "DepthwiseConv2dNative", inputs: { x: 0, filter: 1 }, attrs: common }
      : {
          kernel: "FusedDepthwiseConv2D",
          inputs: { x: 0, filter: 1, ...(bias ? { bias: 2 } : {}) },
          attrs: { ...common, ...activation },
        };
  },
  flops: ({ inputs: [, kernel], output }) =>
    convolutionFlops(output.shape, (kernel?.shape ?? []).slice(0, 2)) * (output.shape[3] ?? 0),
} satisfies Operator<Slide>;

/** TensorFlow.js's kernels take either. */
const isStridedAndDilated = ({ strides, dilations }: Slide): boolean =>
  strides.some((stride) => stride > 1) && dilations.some((dilation) => dilation > 1);

/** Each channel as often as it has kernels, each then with one: on wasm 2.1 to 2.7 times as fast. */
const withRepeatedChannels = (emit: Emit, x: Value, kernel: Value, attrs: Slide): Value => {
  const [kh = 1, kw = 1, channels = 1, multiplier = 1] = kernel.type.shape.map(Number);
  const repeated = channels * multiplier;
  const cells = emit("reshape", [x], { shape: [...x.type.shape, 1] });
  const copies = emit("broadcastTo", [cells], { shape: [...x.type.shape, multiplier] });
  const image = emit("reshape", [copies], { shape: x.type.shape.with(3, repeated) });
  return emit("depthwiseConv2d", [image, emit("reshape", [kernel], { shape: [kh, kw, repeated, 1] })], attrs);
};

/** The kernel with the dilation's gaps as zeros. */
const dilatedKernel = (emit: Emit, kernel: Value, { dilations }: Slide): Value =>
  ([0, 1] as const).reduce((taps, axis) => {
    const size = dilations[axis] * (Number(taps.type.shape[axis]) - 1) + 1;
    return placeEvery(emit, taps, axis, { from: 0, step: dilations[axis], size });
  }, kernel);

export const depthwiseConv2dReference = {
  kind: "reference",
  operator: "depthwiseConv2d",
  run: ([x, kernel], output, attrs) => {
    if (x === undefined || kernel === undefined) return;
    conv2dReference.run([x, groupedKernel(kernel)], output, inGroups(attrs, channelsOf(x)));
  },
  cases: [
    {
      inputs: ["f32[2, 5, 6, 3]", "f32[3, 3, 3, 1]"],
      attrs: {
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[2, 7, 6, 5]", "f32[3, 2, 5, 2]"],
      attrs: {
        strides: [2, 3],
        pads: [
          [1, 1],
          [0, 1],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[1, 7, 7, 2]", "f32[2, 3, 2, 3]"],
      attrs: {
        strides: [1, 1],
        pads: [
          [2, 1],
          [0, 2],
        ],
        dilations: [2, 2],
      },
    },
    {
      inputs: ["f32[2, 4, 4, 6]", "f32[1, 1, 6, 1]"],
      attrs: {
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
        dilations: [1, 1],
      },
    },
    {
      inputs: ["f32[1, 8, 7, 3]", "f32[3, 2, 3, 1]"],
      attrs: {
        strides: [2, 1],
        pads: [
          [1, 1],
          [0, 0],
        ],
        dilations: [2, 3],
      },
    },
  ],
} satisfies Reference<Slide>;

/** A convolution with a group for each channel. */
export const depthwiseConv2dOnnx = {
  kind: "onnx",
  operator: "depthwiseConv2d",
  takesBias: true,
  write: ({ inputs: [, kernel], input, turned, bias, node, attrs }) => {
    const [kh = 1, kw = 1, channels = 1, multiplier = 1] = (kernel?.shape ?? []).map(Number);
    const taps = turned(1, [2, 3, 0, 1], [channels * multiplier, 1, kh, kw]);
    return {
      layout: "first",
      name: node("Conv", [input(0, "first"), taps, bias ?? ""], {
        ...windowAttributes({ ...attrs, kernel: [kh, kw] }),
        group: int(channels),
      }),
    };
  },
} satisfies OnnxMapping<Slide>;

export const depthwiseConv2dTensorFlow = {
  kind: "tensorflow",
  operator: "depthwiseConv2d",
  // TensorFlow's takes equal strides and no dilation: else every so many cells are kept, and zeros put between the taps.
  write: ({ values: [x, kernel], inputs: [image, taps], attrs, graph }) => {
    invariant(x && kernel && image && taps, "depthwiseConv2d has an image and a kernel");
    const { strides, pads, dilations } = attrs;
    const size = pairAt(taps.shape, 0);
    // One tap a channel is a product. As a convolution, one channel, a border and then one filter failed in oneDNN (no reorder).
    if (size[0] === 1 && size[1] === 1 && taps.shape[3] === 1) {
      const factors = graph.node("Reshape", [kernel, graph.constant("i32", [-1])]);
      const product = graph.node("Mul", [bordered(graph, x, pads, 0), factors]);
      return strides[0] * strides[1] === 1 ? product : everyCell(graph, product, strides);
    }
    const extent = [extentOf(size[0], dilations[0]), extentOf(size[1], dilations[1])] as const;
    const isEven = strides[0] === strides[1];
    const slide = { strides: isEven ? strides : ([1, 1] as const), pads, dilations: [1, 1] as const };
    const spread = tapsApart(graph, kernel, taps.shape, dilations);
    const imageSize = pairAt(image.shape, 1);
    // TensorFlow's optimiser drops explicit pads where it fuses the bias, and then aborts the process: a border instead.
    const isNamed = namedPadding(imageSize, extent, slide) !== undefined;
    const around = isNamed ? x : bordered(graph, x, pads, 0);
    const window = convolutionAttributes(imageSize, extent, isNamed ? slide : { ...slide, pads: noPads });
    const y = graph.node("DepthwiseConv2dNative", [around, spread], window);
    return isEven ? y : everyCell(graph, y, strides);
  },
} satisfies TensorFlowMapping<Slide>;

export const depthwiseConv2dTorch = {
  kind: "torch",
  word: "depthwiseConv2d",
  weights: { kernel: torchDepthwiseKernel2d, bias: torchBias },
} satisfies TorchMapping;

export const depthwiseConv2dKeras = convolutionKeras({
  word: "depthwiseConv2d",
  className: "DepthwiseConv2D",
  rank: 2,
  kind: "depthwise",
}) satisfies KerasMapping;
