/** 1-D convolution over a sequence: a 2-D convolution over an image of one row. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { AxesWindowShape, OneAxis } from "../shape/axes-window.js";
import type { Padding1dOption } from "../shape/axis-options.js";
import { convolutionProblem, type ConvolutionProblem } from "../shape/convolution.js";
import type { Div } from "../shape/nat.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { sequenceShape, type SequenceShape } from "../shape/spatial.js";
import type { OptionText } from "../shape/text.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { ConvolutionOptions } from "./convolution-options.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
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
import { torchBias, torchKernel1d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = ConvolutionOptions<number, number, number, Padding1dOption, number, number, ActivationName>;

/** The layer that {@link conv1d} makes. */
export interface Conv1d<
  F extends number,
  K extends number,
  St extends number = 1,
  P extends Padding1dOption = "valid",
  D extends number = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv1dShape<this["~in"], F, K, St, P, D, G, this["~strict"]>;
  readonly "~params": Conv1dWeights<this["~in"], F, K, G>;
}

/** Types: the weights on an input whose shape fits. */
type Conv1dWeights<S, F, K, G> = S extends readonly [unknown, infer C]
  ? OwnWeights<"conv1d", { kernel: [K, G extends 1 ? C : Div<C, G>, F]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv1dShape<S, F, K, St, P, D, G, Strict = false> =
  SequenceShape<"conv1d", S> extends infer X
    ? X extends readonly [infer Steps, infer C]
      ? ConvolutionProblem<"conv1d", X, C, F, K, St, P, D, G> extends infer M extends string
        ? ShapeError<M>
        : AxesWindowShape<"conv1d", [Steps], F, K, St, OneAxis<P>, D, OptionText<P>, Strict>
      : X
    : never;
/** Run-time twin of {@link Conv1dShape}. */
const conv1dShape = (options: AnyOptions, shape: Shape | undefined, strict: boolean): Either<string, Shape> => {
  const { filters, groups = 1, activation } = options;
  const sequence = sequenceShape("conv1d", shape);
  if (E.isLeft(sequence)) return sequence;
  const given = { ...withDefaults(options), filters, groups };
  const problem =
    convolutionProblem("conv1d", sequence.right, given, sequenceForms) ?? activationProblem("conv1d", activation);
  return problem === undefined
    ? slidSequence("conv1d", [sequence.right[0], filters], options, strict)
    : E.left(problem);
};

const conv1dLayer = (options: AnyOptions): LayerSpec => ({
  name: "conv1d",
  options,
  rule: ([shape], strict = false) => conv1dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "conv1d has one input");
    const { emit } = builder;
    const { filters, kernelSize, groups = 1 } = options;
    const { steps, channels } = sequenceAxes(x);
    const kernel = builder.parameter("kernel", [kernelSize, channels / groups, filters], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
    });
    const row = emit("conv2d", [asRow(emit, x), asRowKernel(emit, kernel)], { ...rowSlide(steps, options), groups });
    return fromRow(emit, withBias(builder, row, options));
  },
});

/**
 * 1-D convolution (cross-correlation) over a sequence, channels last.
 *
 * Shape   [steps, cIn] -> [steps', filters]; steps' = ceil(steps / stride) for "same" and "causal",
 *         floor((steps + pads - dilation (kernel - 1) - 1) / stride) + 1 otherwise.
 * Params  kernel [k, cIn / groups, filters], Glorot uniform; bias [filters], zeros.
 * Cost    2 steps' k (cIn / groups) filters FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; unknown channels; groups that do not divide channels
 *         and filters; a kernel larger than the padded input; with `strict: true` cells that no window holds.
 * Source  Keras Conv1D; "causal" as van den Oord et al. 2016 (arXiv:1609.03499): no output depends on a later step.
 *
 * @example
 * const y = pipe(input([100, 8]), conv1d({ filters: 16, kernelSize: 3, padding: "causal", dilationRate: 2 })) // Expr<[100, 16]>
 */
export function conv1d<
  F extends number,
  K extends number,
  St extends number = 1,
  const P extends Padding1dOption = "valid",
  D extends number = 1,
  G extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: ConvolutionOptions<F, K, St, P, D, G, A, X, B>,
): StrictIf<X, WithIf<B, "bias", Conv1d<F, K, St, P, D, G, A>>> {
  return strictIf(options.strict, defineLayer(conv1dLayer(options), activationKind(options.activation)));
}

export const conv1dTorch = {
  kind: "torch",
  word: "conv1d",
  weights: { kernel: torchKernel1d, bias: torchBias },
} satisfies TorchMapping;

export const conv1dKeras = convolutionKeras({
  word: "conv1d",
  className: "Conv1D",
  rank: 1,
  kind: "plain",
}) satisfies KerasMapping;
