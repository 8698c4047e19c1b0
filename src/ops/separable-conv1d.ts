/** Separable 1-D convolution: a depthwise one, then one of a single step that mixes the channels. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { AxesWindowShape, OneAxis } from "../shape/axes-window.js";
import type { Padding1dOption } from "../shape/axis-options.js";
import { separableProblem, type SeparableProblem } from "../shape/convolution.js";
import type { Mul } from "../shape/nat.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { sequenceShape, type SequenceShape } from "../shape/spatial.js";
import type { OptionText } from "../shape/text.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { SeparableOptions } from "./convolution-options.js";
import type { LayerSpec } from "./layer.js";
import { pointwise, separableKernels } from "./separable.js";
import {
  asRow,
  asRowKernel,
  fromRow,
  rowSlide,
  sequenceAxes,
  sequenceForms,
  slidSequence,
  withDefaults,
} from "./sequence.js";
import { withBias } from "./with-bias.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";
import { depthwiseShapes1d, type TorchMapping } from "./torch.js";

type AnyOptions = SeparableOptions<number, number, number, Padding1dOption, number, number, ActivationName>;

/** The layer that {@link separableConv1d} makes. */
export interface SeparableConv1d<
  F extends number,
  K extends number,
  St extends number = 1,
  P extends Padding1dOption = "valid",
  D extends number = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": SeparableConv1dShape<this["~in"], F, K, St, P, D, M, this["~strict"]>;
  readonly "~params": SeparableConv1dWeights<this["~in"], F, K, M>;
}

/** Types: the weights on an input whose shape fits. */
type SeparableConv1dWeights<S, F, K, M> = S extends readonly [unknown, infer C]
  ? OwnWeights<"separableConv1d", { depthwiseKernel: [K, C, M]; pointwiseKernel: [1, Mul<C, M>, F]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type SeparableConv1dShape<S, F, K, St, P, D, M, Strict = false> =
  SequenceShape<"separableConv1d", S> extends infer X
    ? X extends readonly [infer Steps, infer C]
      ? SeparableProblem<"separableConv1d", X, C, F, K, St, P, D, M> extends infer T extends string
        ? ShapeError<T>
        : AxesWindowShape<"separableConv1d", [Steps], F, K, St, OneAxis<P>, D, OptionText<P>, Strict>
      : X
    : never;
/** Run-time twin of {@link SeparableConv1dShape}. */
const separableConv1dShape = (
  options: AnyOptions,
  shape: Shape | undefined,
  strict: boolean,
): Either<string, Shape> => {
  const { filters, depthMultiplier = 1, activation } = options;
  const sequence = sequenceShape("separableConv1d", shape);
  if (E.isLeft(sequence)) return sequence;
  const given = { ...withDefaults(options), filters, depthMultiplier };
  const problem =
    separableProblem("separableConv1d", sequence.right, given, sequenceForms) ??
    activationProblem("separableConv1d", activation);
  if (problem !== undefined) return E.left(problem);
  return slidSequence("separableConv1d", [sequence.right[0], filters], options, strict);
};

const separableConv1dLayer = (options: AnyOptions): LayerSpec => ({
  name: "separableConv1d",
  options,
  rule: ([shape], strict = false) => separableConv1dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "separableConv1d has one input");
    const { emit } = builder;
    const { steps, channels } = sequenceAxes(x);
    const kernels = separableKernels(builder, { ...options, window: [options.kernelSize], channels });
    const taps = asRowKernel(emit, kernels.depthwise);
    const each = emit("depthwiseConv2d", [asRow(emit, x), taps], rowSlide(steps, options));
    const row = pointwise(emit, each, asRowKernel(emit, kernels.pointwise));
    return fromRow(emit, withBias(builder, row, options));
  },
});

/**
 * Separable 1-D convolution: depthwiseConv1d, then a convolution of a single step, with nothing between.
 *
 * Shape   [steps, c] -> [steps', filters]; steps' as in conv1d.
 * Params  depthwiseKernel [k, c, depthMultiplier], pointwiseKernel [1, c · depthMultiplier, filters], both Glorot uniform;
 *         bias [filters], zeros.
 * Cost    2 steps' c depthMultiplier (k + filters) FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; unknown channels; a kernel larger than the padded
 *         input; with `strict: true` cells that no window holds.
 * Source  Keras SeparableConv1D.
 *
 * @example
 * const y = pipe(input([100, 8]), separableConv1d({ filters: 16, kernelSize: 5, padding: "same" })) // Expr<[100, 16]>
 */
export function separableConv1d<
  F extends number,
  K extends number,
  St extends number = 1,
  const P extends Padding1dOption = "valid",
  D extends number = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: SeparableOptions<F, K, St, P, D, M, A, X, B>,
): StrictIf<X, WithIf<B, "bias", SeparableConv1d<F, K, St, P, D, M, A>>> {
  return strictIf(options.strict, defineLayer(separableConv1dLayer(options), activationKind(options.activation)));
}

export const separableConv1dKeras = convolutionKeras({
  word: "separableConv1d",
  className: "SeparableConv1D",
  rank: 1,
  kind: "separable",
}) satisfies KerasMapping;

// PyTorch has no such layer: two convolutions, `depthwise` and `pointwise`.
export const separableConv1dTorch = {
  kind: "torch",
  word: "separableConv1d",
  weights: {
    depthwiseKernel: { name: "depthwise.weight", axes: [2, 0, 1], shapes: depthwiseShapes1d },
    pointwiseKernel: { name: "pointwise.weight", axes: [2, 1, 0] },
    bias: { name: "pointwise.bias" },
  },
} satisfies TorchMapping;
