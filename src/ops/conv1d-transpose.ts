/** Transposed 1-D convolution: that over an image of one row. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { oneAxis, type OneAxis } from "../shape/axes-window.js";
import { isNumberOption, isSidesPadding, type SidesPadding } from "../shape/axis-options.js";
import type { Shape } from "../shape/shape.js";
import { sequenceShape, type SequenceShape } from "../shape/spatial.js";
import { transposedConvolutionShape, type TransposedConvolutionShape } from "../shape/transposed-convolution.js";
import { cutsOfAxes, outputAxes, type TransposedWindow } from "../shape/transposed-window.js";
import { activationKind, activationProblem, type ActivationKind, type ActivationName } from "./activations.js";
import type { TransposedOptions } from "./convolution-options.js";
import { glorotUniform } from "./initializers.js";
import type { LayerSpec } from "./layer.js";
import { asRow, asRowKernel, fromRow, sequenceAxes } from "./sequence.js";
import { withBias } from "./with-bias.js";
import { torchBias, torchKernel1d, type TorchMapping } from "./torch.js";
import { convolutionKeras } from "./keras-convolution.js";
import type { KerasMapping } from "./keras.js";

type AnyOptions = TransposedOptions<number, number, number, SidesPadding, number | null, number, ActivationName>;

/** The layer that {@link conv1dTranspose} makes. */
export interface Conv1dTranspose<
  F extends number,
  K extends number,
  St extends number = 1,
  P extends SidesPadding = "valid",
  O extends number | null = null,
  D extends number = 1,
  A extends ActivationName = "linear",
> extends Layer<ActivationKind<A>> {
  readonly "~out": Conv1dTransposeShape<this["~in"], F, K, St, P, O, D>;
  readonly "~params": Conv1dTransposeWeights<this["~in"], F, K>;
}

/** Types: the weights on an input whose shape fits. */
type Conv1dTransposeWeights<S, F, K> = S extends readonly [unknown, infer C]
  ? OwnWeights<"conv1dTranspose", { kernel: [K, F, C]; bias: [F] }>
  : unknown;

/** Types: the output's shape, or the sentence. */
export type Conv1dTransposeShape<S, F, K, St, P, O, D> =
  SequenceShape<"conv1dTranspose", S> extends infer X
    ? X extends readonly [infer Steps, infer C]
      ? TransposedConvolutionShape<"conv1dTranspose", X, [Steps], C, F, K, St, P, OneAxis<P>, O, D>
      : X
    : never;
/** Run-time twin of {@link Conv1dTransposeShape}. */
const conv1dTransposeShape = (options: AnyOptions, shape: Shape | undefined): Either<string, Shape> => {
  const { filters, padding = "valid", activation } = options;
  const sequence = sequenceShape("conv1dTranspose", shape);
  if (E.isLeft(sequence)) return sequence;
  const problem = activationProblem("conv1dTranspose", activation);
  const forms = { isSizes: isNumberOption, isPadding: isSidesPadding };
  const request = { filters, window: windowOf(options), padding, forms };
  return problem === undefined
    ? transposedConvolutionShape("conv1dTranspose", sequence.right, request)
    : E.left(problem);
};

const windowOf = (options: AnyOptions): TransposedWindow => {
  const {
    kernelSize: kernel,
    strides = 1,
    padding = "valid",
    outputPadding = null,
    dilationRate: dilation = 1,
  } = options;
  return { kernel, strides, padding: oneAxis(padding), outputPadding, dilation };
};

const conv1dTransposeLayer = (options: AnyOptions): LayerSpec => ({
  name: "conv1dTranspose",
  options,
  rule: ([shape]) => conv1dTransposeShape(options, shape),
  build: (builder, [x]) => {
    invariant(x, "conv1dTranspose has one input");
    const { emit } = builder;
    const { filters, kernelSize, strides = 1, dilationRate = 1 } = options;
    const { steps, channels } = sequenceAxes(x);
    const kernel = builder.parameter("kernel", [kernelSize, filters, channels], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
    });
    const output = outputAxes([steps], windowOf(options));
    const row = emit("conv2dInputGradient", [asRow(emit, x), asRowKernel(emit, kernel)], {
      inputSize: [1, ...output],
      strides: [1, strides],
      pads: [[0, 0], ...cutsOfAxes([steps], output, windowOf(options))],
      dilations: [1, dilationRate],
      groups: 1,
    });
    return fromRow(emit, withBias(builder, row, options));
  },
});

/**
 * Transposed 1-D convolution over a sequence, channels last: every step adds its multiple of the kernel to the output.
 *
 * Shape   [steps, cIn] -> [steps', filters]; steps' as an axis of conv2dTranspose.
 * Params  kernel [k, filters, cIn], Glorot uniform; bias [filters], zeros.
 * Cost    2 steps k cIn filters FLOP per example.
 * Errors  an option that is no size; an input that is no sequence; unknown channels; an output padding that is not below
 *         the stride; a padding that leaves nothing.
 * Source  Keras 3 Conv1DTranspose.
 *
 * @example
 * const y = pipe(input([50, 8]), conv1dTranspose({ filters: 4, kernelSize: 3, strides: 2 })) // Expr<[101, 4]>
 */
export function conv1dTranspose<
  F extends number,
  K extends number,
  St extends number = 1,
  const P extends SidesPadding = "valid",
  O extends number | null = null,
  D extends number = 1,
  A extends ActivationName = "linear",
  B extends boolean = true,
>(options: TransposedOptions<F, K, St, P, O, D, A, B>): WithIf<B, "bias", Conv1dTranspose<F, K, St, P, O, D, A>> {
  return defineLayer(conv1dTransposeLayer(options), activationKind(options.activation));
}

export const conv1dTransposeTorch = {
  kind: "torch",
  word: "conv1dTranspose",
  weights: { kernel: torchKernel1d, bias: torchBias },
} satisfies TorchMapping;

export const conv1dTransposeKeras = convolutionKeras({
  word: "conv1dTranspose",
  className: "Conv1DTranspose",
  rank: 1,
  kind: "transposed",
}) satisfies KerasMapping;
