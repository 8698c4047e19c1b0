/** Depthwise 1-D convolution, each channel by kernels of its own. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { strictIf, type StrictIf } from "../dsl/strict.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { AxesWindowShape, OneAxis } from "../shape/axes-window.js";
import type { Padding1dOption } from "../shape/axis-options.js";
import { depthwiseProblem, type DepthwiseProblem } from "../shape/convolution.js";
import type { Mul } from "../shape/nat.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { sequenceShape, type SequenceShape } from "../shape/spatial.js";
import type { OptionText } from "../shape/text.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { DepthwiseOptions } from "./convolution-options.js";
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
import { torchBias, torchDepthwiseKernel1d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = DepthwiseOptions<number, number, Padding1dOption, number, number, ActivationName>;

/** The layer that {@link depthwiseConv1d} makes. */
export interface DepthwiseConv1d<
  K extends number,
  St extends number = 1,
  P extends Padding1dOption = "valid",
  D extends number = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": DepthwiseConv1dShape<this["~in"], K, St, P, D, M, this["~strict"]>;
  readonly "~params": DepthwiseConv1dWeights<this["~in"], K, M>;
}

/** Types: the weights on an input whose shape fits. */
type DepthwiseConv1dWeights<S, K, M> = S extends readonly [unknown, infer C]
  ? OwnWeights<"depthwiseConv1d", { kernel: [K, C, M]; bias: [Mul<C, M>] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type DepthwiseConv1dShape<S, K, St, P, D, M, Strict = false> =
  SequenceShape<"depthwiseConv1d", S> extends infer X
    ? X extends readonly [infer Steps, infer C]
      ? DepthwiseProblem<"depthwiseConv1d", X, C, K, St, P, D, M> extends infer T extends string
        ? ShapeError<T>
        : AxesWindowShape<"depthwiseConv1d", [Steps], Mul<C, M>, K, St, OneAxis<P>, D, OptionText<P>, Strict>
      : X
    : never;
/** Run-time twin of {@link DepthwiseConv1dShape}. */
const depthwiseConv1dShape = (
  options: AnyOptions,
  shape: Shape | undefined,
  strict: boolean,
): Either<string, Shape> => {
  const { depthMultiplier = 1, activation } = options;
  const sequence = sequenceShape("depthwiseConv1d", shape);
  if (E.isLeft(sequence)) return sequence;
  const problem =
    depthwiseProblem("depthwiseConv1d", sequence.right, { ...withDefaults(options), depthMultiplier }, sequenceForms) ??
    activationProblem("depthwiseConv1d", activation);
  if (problem !== undefined) return E.left(problem);
  const [steps, channels] = sequence.right;
  const filters = channels === null ? null : channels * depthMultiplier;
  return slidSequence("depthwiseConv1d", [steps, filters], options, strict);
};

const depthwiseConv1dLayer = (options: AnyOptions): LayerSpec => ({
  name: "depthwiseConv1d",
  options,
  rule: ([shape], strict = false) => depthwiseConv1dShape(options, shape, strict),
  build: (builder, [x]) => {
    invariant(x, "depthwiseConv1d has one input");
    const { emit } = builder;
    const { steps, channels } = sequenceAxes(x);
    const kernel = builder.parameter("kernel", [options.kernelSize, channels, options.depthMultiplier ?? 1], {
      initializer: options.depthwiseInitializer ?? glorotUniform,
      regularizer: options.depthwiseRegularizer,
    });
    const row = emit("depthwiseConv2d", [asRow(emit, x), asRowKernel(emit, kernel)], rowSlide(steps, options));
    return fromRow(emit, withBias(builder, row, options));
  },
});

/**
 * Depthwise 1-D convolution: output channel c · depthMultiplier + j is input channel c by its j-th kernel.
 *
 * Shape   [steps, c] -> [steps', c · depthMultiplier]; steps' as in conv1d.
 * Params  kernel [k, c, depthMultiplier], Glorot uniform; bias [c · depthMultiplier], zeros.
 * Cost    2 steps' k c depthMultiplier FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; unknown channels; a kernel larger than the padded
 *         input; with `strict: true` cells that no window holds.
 * Source  Keras DepthwiseConv1D.
 *
 * @example
 * const y = pipe(input([100, 8]), depthwiseConv1d({ kernelSize: 5, depthMultiplier: 2 })) // Expr<[96, 16]>
 */
export function depthwiseConv1d<
  K extends number,
  St extends number = 1,
  const P extends Padding1dOption = "valid",
  D extends number = 1,
  M extends number = 1,
  A extends ActivationName = "linear",
  X extends boolean = false,
  B extends boolean = true,
>(
  options: DepthwiseOptions<K, St, P, D, M, A, X, B>,
): StrictIf<X, WithIf<B, "bias", DepthwiseConv1d<K, St, P, D, M, A>>> {
  return strictIf(options.strict, defineLayer(depthwiseConv1dLayer(options), activationKind(options.activation)));
}

export const depthwiseConv1dTorch = {
  kind: "torch",
  word: "depthwiseConv1d",
  weights: { kernel: torchDepthwiseKernel1d, bias: torchBias },
} satisfies TorchMapping;

export const depthwiseConv1dKeras = convolutionKeras({
  word: "depthwiseConv1d",
  className: "DepthwiseConv1D",
  rank: 1,
  kind: "depthwise",
}) satisfies KerasMapping;
