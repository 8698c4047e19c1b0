/** Transposed 2-D convolution: the gradient of a convolution by its input, run forwards. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { imageShape, type ImageShape } from "../shape/image.js";
import { pairOf, type First, type PaddingOption, type PairOption, type Second } from "../shape/padding.js";
import type { Shape } from "../shape/shape.js";
import { transposedConvolutionShape, type TransposedConvolutionShape } from "../shape/transposed-convolution.js";
import { cutsOfAxes, outputAxes, type TransposedWindow } from "../shape/transposed-window.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { TransposedOptions } from "./convolution-options.js";
import { imageForms } from "./depthwise-conv2d.js";
import { imageAxes } from "./image-axes.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
import { withBias } from "./with-bias.js";
import { torchBias, torchKernel2d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = TransposedOptions<
  number,
  PairOption,
  PairOption,
  PaddingOption,
  PairOption | null,
  PairOption,
  ActivationName
>;

/** The layer that {@link conv2dTranspose} makes. */
export interface Conv2dTranspose<
  F extends number,
  K extends PairOption,
  St extends PairOption = 1,
  P extends PaddingOption = "valid",
  O extends PairOption | null = null,
  D extends PairOption = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv2dTransposeShape<this["~in"], F, K, St, P, O, D>;
  readonly "~params": Conv2dTransposeWeights<this["~in"], F, K>;
}

/** Types: the weights on an input whose shape fits. */
type Conv2dTransposeWeights<S, F, K> = S extends readonly [unknown, unknown, infer C]
  ? OwnWeights<"conv2dTranspose", { kernel: [First<K>, Second<K>, F, C]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv2dTransposeShape<S, F, K, St, P, O, D> =
  ImageShape<"conv2dTranspose", S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? TransposedConvolutionShape<"conv2dTranspose", X, [H, W], C, F, K, St, P, P, O, D>
      : X
    : never;
/** Run-time twin of {@link Conv2dTransposeShape}. */
const conv2dTransposeShape = (options: AnyOptions, shape: Shape | undefined): Either<string, Shape> => {
  const { filters, padding = "valid", activation } = options;
  const image = imageShape("conv2dTranspose", shape);
  if (E.isLeft(image)) return image;
  const problem = activationProblem("conv2dTranspose", activation);
  const request = { filters, window: windowOf(options), padding, forms: imageForms };
  return problem === undefined ? transposedConvolutionShape("conv2dTranspose", image.right, request) : E.left(problem);
};

const windowOf = (options: AnyOptions): TransposedWindow => {
  const {
    kernelSize: kernel,
    strides = 1,
    padding = "valid",
    outputPadding = null,
    dilationRate: dilation = 1,
  } = options;
  return { kernel, strides, padding, outputPadding, dilation };
};

const conv2dTransposeLayer = (options: AnyOptions): LayerSpec => ({
  name: "conv2dTranspose",
  options,
  rule: ([shape]) => conv2dTransposeShape(options, shape),
  build: (builder, [x]) => {
    invariant(x, "conv2dTranspose has one input");
    const { filters, kernelSize, strides = 1, dilationRate = 1 } = options;
    const { size, channels } = imageAxes(x);
    const kernel = builder.parameter("kernel", [...pairOf(kernelSize), filters, channels], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
    });
    const inputSize = outputAxes(size, windowOf(options));
    const y = builder.emit("conv2dInputGradient", [x, kernel], {
      inputSize,
      strides: pairOf(strides),
      pads: cutsOfAxes(size, inputSize, windowOf(options)),
      dilations: pairOf(dilationRate),
      groups: 1,
    });
    return withBias(builder, y, options);
  },
});

/**
 * Transposed 2-D convolution over an image in NHWC: every input cell adds its multiple of the kernel to the output.
 *
 * Shape   [h, w, cIn] -> [h', w', filters]; h' = h stride for "same", h stride + max(extent - stride, 0) for "valid", less
 *         the padding in numbers, with extent = dilation (kernel - 1) + 1. With an output padding
 *         (h - 1) stride + extent mod 2 + it for "same", and (h - 1) stride + extent + it otherwise.
 * Params  kernel [kh, kw, filters, cIn], Glorot uniform; bias [filters], zeros.
 * Cost    2 h w kh kw cIn filters FLOP per example.
 * Errors  an option that is no size; an input that is no image; unknown channels; an output padding that is not below the
 *         stride; a padding that leaves nothing.
 * Source  Keras 3 Conv2DTranspose; Dumoulin & Visin 2016 (arXiv:1603.07285) §4; ONNX ConvTranspose for padding in numbers.
 *
 * @example
 * const y = pipe(input([14, 14, 64]), conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: "same" })) // Expr<[28, 28, 32]>
 */
export function conv2dTranspose<
  F extends number,
  const K extends PairOption,
  const St extends PairOption = 1,
  const P extends PaddingOption = "valid",
  const O extends PairOption | null = null,
  const D extends PairOption = 1,
  A extends ActivationName = "linear",
  B extends boolean = true,
>(options: TransposedOptions<F, K, St, P, O, D, A, B>): WithIf<B, "bias", Conv2dTranspose<F, K, St, P, O, D, A>> {
  return defineLayer(conv2dTransposeLayer(options), activationKind(options.activation));
}

export const conv2dTransposeTorch = {
  kind: "torch",
  word: "conv2dTranspose",
  weights: { kernel: torchKernel2d, bias: torchBias },
} satisfies TorchMapping;

export const conv2dTransposeKeras = convolutionKeras({
  word: "conv2dTranspose",
  className: "Conv2DTranspose",
  rank: 2,
  kind: "transposed",
}) satisfies KerasMapping;
