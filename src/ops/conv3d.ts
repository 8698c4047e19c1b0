/** 3-D convolution over a volume: a sum, over the depth of the kernel, of 2-D convolutions. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { axesWindowShape, padsOfAxes, type AxesWindow, type AxesWindowShape } from "../shape/axes-window.js";
import {
  isPadding3dOption,
  isTripleOption,
  type Padding3dOption,
  type PerAxis,
  type TripleOption,
} from "../shape/axis-options.js";
import { convolutionProblem, type ConvolutionProblem } from "../shape/convolution.js";
import type { Div } from "../shape/nat.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { volumeShape, type VolumeShape } from "../shape/spatial.js";
import { optionText, type OptionText } from "../shape/text.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import { padAxis, takeEvery } from "./axis-steps.js";
import { extentOf } from "./conv-window.js";
import type { ConvolutionOptions } from "./convolution-options.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
import { asImages, asVolume, kernelAt, sumOver, tripleOf, volumeAxes } from "./volume.js";
import { withBias } from "./with-bias.js";
import { torchBias, torchKernel3d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = ConvolutionOptions<
  number,
  TripleOption,
  TripleOption,
  Padding3dOption,
  TripleOption,
  number,
  ActivationName
>;

/** The layer that {@link conv3d} makes. */
export interface Conv3d<
  F extends number,
  K extends TripleOption,
  St extends TripleOption = 1,
  P extends Padding3dOption = "valid",
  D extends TripleOption = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv3dShape<this["~in"], F, K, St, P, D, G, this["~strict"]>;
  readonly "~params": Conv3dWeights<this["~in"], F, K, G>;
}

/** Types: the weights on an input whose shape fits. */
type Conv3dWeights<S, F, K, G> = S extends readonly [unknown, unknown, unknown, infer C]
  ? OwnWeights<"conv3d", { kernel: [...PerAxis<K, [0, 0, 0]>, G extends 1 ? C : Div<C, G>, F]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv3dShape<S, F, K, St, P, D, G, Strict = false> =
  VolumeShape<"conv3d", S> extends infer X
    ? X extends readonly [infer Depth, infer H, infer W, infer C]
      ? ConvolutionProblem<"conv3d", X, C, F, K, St, P, D, G> extends infer M extends string
        ? ShapeError<M>
        : AxesWindowShape<"conv3d", [Depth, H, W], F, K, St, P, D, OptionText<P>, Strict>
      : X
    : never;
/** Run-time twin of {@link Conv3dShape}. */
const conv3dShape = (options: AnyOptions, shape: Shape | undefined, strict: boolean): Either<string, Shape> => {
  const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
  const volume = volumeShape("conv3d", shape);
  if (E.isLeft(volume)) return volume;
  const given = { filters, kernelSize, strides, padding, dilationRate, groups };
  const problem =
    convolutionProblem("conv3d", volume.right, given, { isSizes: isTripleOption, isPadding: isPadding3dOption }) ??
    activationProblem("conv3d", options.activation);
  if (problem !== undefined) return E.left(problem);
  const [d, h, w] = volume.right;
  const request = { axes: [d, h, w], channels: filters, window: windowOf(options), strict };
  return axesWindowShape("conv3d", { ...request, paddingText: optionText(padding) });
};

const windowOf = ({ kernelSize, strides = 1, padding = "valid", dilationRate = 1 }: AnyOptions): AxesWindow => ({
  kernel: kernelSize,
  strides,
  padding,
  dilation: dilationRate,
});

/** The planes that each place of the kernel's depth meets, convolved with its kernel over two axes, summed. */
const convolved = (emit: Emit, x: Value, kernel: Value, options: AnyOptions): Value => {
  const { kernelSize, strides = 1, dilationRate = 1, groups = 1 } = options;
  const { size } = volumeAxes(x);
  const [kd] = tripleOf(kernelSize);
  const [sd, ...imageStrides] = tripleOf(strides);
  const [dd, ...dilations] = tripleOf(dilationRate);
  const [depthPads = [0, 0], ...pads] = padsOfAxes(size, windowOf(options));
  const padded = padAxis(emit, x, 1, depthPads);
  const count = Math.floor((size[0] + depthPads[0] + depthPads[1] - extentOf(kd, dd)) / sd) + 1;
  return sumOver(emit, kd, (place) => {
    const planes = takeEvery(emit, padded, 1, { from: place * dd, step: sd, count });
    const slide = { strides: imageStrides, pads, dilations, groups };
    return emit("conv2d", [asImages(emit, planes), kernelAt(emit, kernel, place)], slide);
  });
};

const conv3dLayer = (options: AnyOptions): LayerSpec => ({
  name: "conv3d",
  options,
  rule: ([shape], strict = false) => conv3dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "conv3d has one input");
    const { filters, kernelSize, groups = 1 } = options;
    const { channels } = volumeAxes(x);
    const kernel = builder.parameter("kernel", [...tripleOf(kernelSize), channels / groups, filters], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
    });
    const images = convolved(builder.emit, x, kernel, options);
    return asVolume(builder.emit, withBias(builder, images, options), x);
  },
});

/**
 * 3-D convolution (cross-correlation) over a volume in NDHWC.
 *
 * Shape   [d, h, w, cIn] -> [d', h', w', filters]; each axis as in conv2d.
 * Params  kernel [kd, kh, kw, cIn / groups, filters], Glorot uniform; bias [filters], zeros.
 * Cost    2 d' h' w' kd kh kw (cIn / groups) filters FLOP per example.
 * Errors  an option that is no size; an input that is no volume; unknown channels; groups that do not divide channels
 *         and filters; a kernel larger than the padded input; with `strict: true` cells that no window holds.
 * Source  Keras Conv3D.
 *
 * @example
 * const y = pipe(input([16, 28, 28, 1]), conv3d({ filters: 8, kernelSize: 3, strides: [1, 2, 2] })) // Expr<[14, 13, 13, 8]>
 */
export function conv3d<
  F extends number,
  const K extends TripleOption,
  const St extends TripleOption = 1,
  const P extends Padding3dOption = "valid",
  const D extends TripleOption = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: ConvolutionOptions<F, K, St, P, D, G, A, X, B>,
): StrictIf<X, WithIf<B, "bias", Conv3d<F, K, St, P, D, G, A>>> {
  return strictIf(options.strict, defineLayer(conv3dLayer(options), activationKind(options.activation)));
}

export const conv3dTorch = {
  kind: "torch",
  word: "conv3d",
  weights: { kernel: torchKernel3d, bias: torchBias },
} satisfies TorchMapping;

export const conv3dKeras = convolutionKeras({
  word: "conv3d",
  className: "Conv3D",
  rank: 3,
  kind: "plain",
}) satisfies KerasMapping;
