/** Separable 2-D convolution: a depthwise one, then one of a single cell that mixes the channels. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { separableProblem, type SeparableProblem } from "../shape/convolution.js";
import { imageShape, type ImageShape } from "../shape/image.js";
import type { Mul } from "../shape/nat.js";
import { pairOf, type First, type PaddingOption, type PairOption, type Second } from "../shape/padding.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { windowShape, type WindowShape } from "../shape/window.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { SeparableOptions } from "./convolution-options.js";
import { depthwiseSlide, imageForms } from "./depthwise-conv2d.js";
import { imageAxes } from "./image-axes.js";
import type { LayerSpec } from "./layer.js";
import { pointwise, separableKernels } from "./separable.js";
import { withBias } from "./with-bias.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";
import { depthwiseShapes2d, type TorchMapping } from "./torch.js";

type AnyOptions = SeparableOptions<number, PairOption, PairOption, PaddingOption, PairOption, number, ActivationName>;

/** The layer that {@link separableConv2d} makes. */
export interface SeparableConv2d<
  F extends number,
  K extends PairOption,
  St extends PairOption = 1,
  P extends PaddingOption = "valid",
  D extends PairOption = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": SeparableConv2dShape<this["~in"], F, K, St, P, D, M, this["~strict"]>;
  readonly "~params": SeparableConv2dWeights<this["~in"], F, K, M>;
}

/** Types: the weights on an input whose shape fits. */
type SeparableConv2dWeights<S, F, K, M> = S extends readonly [unknown, unknown, infer C]
  ? OwnWeights<
      "separableConv2d",
      { depthwiseKernel: [First<K>, Second<K>, C, M]; pointwiseKernel: [1, 1, Mul<C, M>, F]; bias: [F] }
    >
  : unknown;

/** Types: the output's shape, or the sentence. */
export type SeparableConv2dShape<S, F, K, St, P, D, M, Strict = false> =
  ImageShape<"separableConv2d", S> extends infer X
    ? X extends readonly [infer H, infer W, infer C]
      ? SeparableProblem<"separableConv2d", X, C, F, K, St, P, D, M> extends infer T extends string
        ? ShapeError<T>
        : WindowShape<"separableConv2d", "kernel", H, W, F, K, St, P, D, Strict>
      : X
    : never;
/** Run-time twin of {@link SeparableConv2dShape}. */
const separableConv2dShape = (
  options: AnyOptions,
  shape: Shape | undefined,
  strict: boolean,
): Either<string, Shape> => {
  const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, depthMultiplier = 1 } = options;
  const name = "separableConv2d";
  const image = imageShape(name, shape);
  if (E.isLeft(image)) return image;
  const given = { filters, kernelSize, strides, padding, dilationRate, depthMultiplier };
  const problem = separableProblem(name, image.right, given, imageForms) ?? activationProblem(name, options.activation);
  if (problem !== undefined) return E.left(problem);
  const window = { kernel: kernelSize, strides, padding, dilation: dilationRate, strict };
  return windowShape(name, "kernel", [image.right[0], image.right[1], filters], window);
};

const separableConv2dLayer = (options: AnyOptions): LayerSpec => ({
  name: "separableConv2d",
  options,
  rule: ([shape], strict = false) => separableConv2dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "separableConv2d has one input");
    const { size, channels } = imageAxes(x);
    const kernels = separableKernels(builder, { ...options, window: pairOf(options.kernelSize), channels });
    const each = builder.emit("depthwiseConv2d", [x, kernels.depthwise], depthwiseSlide(size, options));
    return withBias(builder, pointwise(builder.emit, each, kernels.pointwise), options);
  },
});

/**
 * Separable 2-D convolution over an image in NHWC: depthwiseConv2d, then a 1×1 convolution, with nothing between.
 *
 * Shape   [h, w, c] -> [h', w', filters]; h' as in conv2d.
 * Params  depthwiseKernel [kh, kw, c, depthMultiplier], pointwiseKernel [1, 1, c · depthMultiplier, filters], both Glorot
 *         uniform; bias [filters], zeros.
 * Cost    2 h' w' c depthMultiplier (kh kw + filters) FLOP per example.
 * Errors  an option that is no size; an input that is no image; unknown channels; a kernel larger than the padded input;
 *         with `strict: true` cells that no window holds.
 * Source  Keras SeparableConv2D; Chollet 2017 (arXiv:1610.02357).
 *
 * @example
 * const y = pipe(input([56, 56, 32]), separableConv2d({ filters: 64, kernelSize: 3, padding: "same" })) // Expr<[56, 56, 64]>
 */
export function separableConv2d<
  F extends number,
  const K extends PairOption,
  const St extends PairOption = 1,
  const P extends PaddingOption = "valid",
  const D extends PairOption = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: SeparableOptions<F, K, St, P, D, M, A, X, B>,
): StrictIf<X, WithIf<B, "bias", SeparableConv2d<F, K, St, P, D, M, A>>> {
  return strictIf(options.strict, defineLayer(separableConv2dLayer(options), activationKind(options.activation)));
}

export const separableConv2dKeras = convolutionKeras({
  word: "separableConv2d",
  className: "SeparableConv2D",
  rank: 2,
  kind: "separable",
}) satisfies KerasMapping;

// PyTorch has no such layer: two convolutions, `depthwise` and `pointwise`.
export const separableConv2dTorch = {
  kind: "torch",
  word: "separableConv2d",
  weights: {
    depthwiseKernel: { name: "depthwise.weight", axes: [2, 3, 0, 1], shapes: depthwiseShapes2d },
    pointwiseKernel: { name: "pointwise.weight", axes: [2, 3, 1, 0] },
    bias: { name: "pointwise.bias" },
  },
} satisfies TorchMapping;
