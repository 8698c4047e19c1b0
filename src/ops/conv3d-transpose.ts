/** Transposed 3-D convolution: a sum, over the depth of the kernel, of 2-D ones, each put in its planes. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import {
  isPadding3dOption,
  isTripleOption,
  type Padding3dOption,
  type PerAxis,
  type TripleOption,
} from "../shape/axis-options.js";
import type { Shape } from "../shape/shape.js";
import { volumeShape, type VolumeShape } from "../shape/spatial.js";
import { transposedConvolutionShape, type TransposedConvolutionShape } from "../shape/transposed-convolution.js";
import { cutsOfAxes, outputAxes, type TransposedWindow } from "../shape/transposed-window.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import { placeEvery } from "./axis-steps.js";
import type { TransposedOptions } from "./convolution-options.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
import { asImages, asVolume, kernelAt, sumOver, tripleOf, volumeAxes } from "./volume.js";
import { withBias } from "./with-bias.js";
import { torchBias, torchKernel3d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = TransposedOptions<
  number,
  TripleOption,
  TripleOption,
  Padding3dOption,
  TripleOption | null,
  TripleOption,
  ActivationName
>;

/** The layer that {@link conv3dTranspose} makes. */
export interface Conv3dTranspose<
  F extends number,
  K extends TripleOption,
  St extends TripleOption = 1,
  P extends Padding3dOption = "valid",
  O extends TripleOption | null = null,
  D extends TripleOption = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv3dTransposeShape<this["~in"], F, K, St, P, O, D>;
  readonly "~params": Conv3dTransposeWeights<this["~in"], F, K>;
}

/** Types: the weights on an input whose shape fits. */
type Conv3dTransposeWeights<S, F, K> = S extends readonly [unknown, unknown, unknown, infer C]
  ? OwnWeights<"conv3dTranspose", { kernel: [...PerAxis<K, [0, 0, 0]>, F, C]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv3dTransposeShape<S, F, K, St, P, O, D> =
  VolumeShape<"conv3dTranspose", S> extends infer X
    ? X extends readonly [infer Depth, infer H, infer W, infer C]
      ? TransposedConvolutionShape<"conv3dTranspose", X, [Depth, H, W], C, F, K, St, P, P, O, D>
      : X
    : never;
/** Run-time twin of {@link Conv3dTransposeShape}. */
const conv3dTransposeShape = (options: AnyOptions, shape: Shape | undefined): Either<string, Shape> => {
  const { filters, padding = "valid", activation } = options;
  const volume = volumeShape("conv3dTranspose", shape);
  if (E.isLeft(volume)) return volume;
  const problem = activationProblem("conv3dTranspose", activation);
  const forms = { isSizes: isTripleOption, isPadding: isPadding3dOption };
  const request = { filters, window: windowOf(options), padding, forms };
  return problem === undefined ? transposedConvolutionShape("conv3dTranspose", volume.right, request) : E.left(problem);
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

/** What each place of the kernel's depth gives over two axes, at the planes where it lands, summed. */
const transposed = (emit: Emit, x: Value, kernel: Value, options: AnyOptions): Value => {
  const { size } = volumeAxes(x);
  const [sd, ...strides] = tripleOf(options.strides ?? 1);
  const [dd, ...dilations] = tripleOf(options.dilationRate ?? 1);
  const [depth = 1, ...inputSize] = outputAxes(size, windowOf(options));
  const [[cut] = [0], ...pads] = cutsOfAxes(size, [depth, ...inputSize], windowOf(options));
  const images = asImages(emit, x);
  return sumOver(emit, tripleOf(options.kernelSize)[0], (place) => {
    const slide = { inputSize, strides, pads, dilations, groups: 1 };
    const planes = asVolume(emit, emit("conv2dInputGradient", [images, kernelAt(emit, kernel, place)], slide), x);
    return placeEvery(emit, planes, 1, { from: place * dd - cut, step: sd, size: depth });
  });
};

const conv3dTransposeLayer = (options: AnyOptions): LayerSpec => ({
  name: "conv3dTranspose",
  options,
  rule: ([shape]) => conv3dTransposeShape(options, shape),
  build: (builder, [x]) => {
    invariant(x, "conv3dTranspose has one input");
    const { channels } = volumeAxes(x);
    const kernel = builder.parameter("kernel", [...tripleOf(options.kernelSize), options.filters, channels], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
    });
    return withBias(builder, transposed(builder.emit, x, kernel, options), options);
  },
});

/**
 * Transposed 3-D convolution over a volume in NDHWC: every cell adds its multiple of the kernel to the output.
 *
 * Shape   [d, h, w, cIn] -> [d', h', w', filters]; each axis as in conv2dTranspose.
 * Params  kernel [kd, kh, kw, filters, cIn], Glorot uniform; bias [filters], zeros.
 * Cost    2 d h w kd kh kw cIn filters FLOP per example, and a pass over the output for each place of the kernel's depth.
 * Errors  an option that is no size; an input that is no volume; unknown channels; an output padding that is not below the
 *         stride; a padding that leaves nothing.
 * Source  Keras 3 Conv3DTranspose.
 *
 * @example
 * const y = pipe(input([4, 7, 7, 8]), conv3dTranspose({ filters: 4, kernelSize: 2, strides: 2 })) // Expr<[8, 14, 14, 4]>
 */
export function conv3dTranspose<
  F extends number,
  const K extends TripleOption,
  const St extends TripleOption = 1,
  const P extends Padding3dOption = "valid",
  const O extends TripleOption | null = null,
  const D extends TripleOption = 1,
  A extends ActivationName = "linear",
  B extends boolean = true,
>(options: TransposedOptions<F, K, St, P, O, D, A, B>): WithIf<B, "bias", Conv3dTranspose<F, K, St, P, O, D, A>> {
  return defineLayer(conv3dTransposeLayer(options), activationKind(options.activation));
}

export const conv3dTransposeTorch = {
  kind: "torch",
  word: "conv3dTranspose",
  weights: { kernel: torchKernel3d, bias: torchBias },
} satisfies TorchMapping;

export const conv3dTransposeKeras = convolutionKeras({
  word: "conv3dTranspose",
  className: "Conv3DTranspose",
  rank: 3,
  kind: "transposed",
}) satisfies KerasMapping;
