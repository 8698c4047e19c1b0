/** A fully connected layer; its operators are matMul and biasAdd. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights, WithIf } from "../dsl/layer-weights.js";
import { multiplyDims, type Dim as TypeDim } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { channelsProblem, type ChannelsProblem } from "../shape/image.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { optionText, shapeText, type ShapeText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import {
  activationKind,
  activationProblem,
  emitActivation,
  type ActivationKind,
  type ActivationName,
} from "./activations.js";
import { lastAxis } from "./image-axes.js";
import { glorotUniform, zeros, type Initializer } from "./initializers.js";
import type { Constraint, LayerSpec, Regularizer } from "./layer.js";
import { torchBias, type TorchMapping } from "./torch.js";
import { writeConstraint, writeInitializer, writeRegularizer } from "./keras-objects.js";
import { kerasActivation } from "./keras-names.js";
import { applyActivated } from "./keras-activation.js";
import { given, weightsNamed, type KerasMapping } from "./keras.js";

interface DenseOptions<U, A, B = boolean, X = -1> {
  readonly units: U;
  /** -1 says that the last axis of any rank is meant; without it the input must be flat. */
  readonly axis?: X | undefined;
  readonly useBias?: B | undefined;
  readonly activation?: A | undefined;
  readonly kernelInitializer?: Initializer | undefined;
  readonly biasInitializer?: Initializer | undefined;
  readonly kernelRegularizer?: Regularizer | undefined;
  /** What training brings the kernel back to after each step. */
  readonly kernelConstraint?: Constraint | undefined;
}
type AnyDenseOptions = DenseOptions<number, ActivationName, boolean, -1 | undefined>;

/** The layer that {@link dense} makes. */
export interface Dense<U extends number, A extends ActivationName = "linear"> extends Layer<ActivationKind<A>> {
  readonly "~out": DenseShape<this["~in"], U>;
  readonly "~params": DenseWeights<this["~in"], U>;
}

/** The layer that {@link dense} makes with `axis: -1`. */
export interface DenseOfLastAxis<U extends number, A extends ActivationName = "linear"> extends Layer<
  ActivationKind<A>
> {
  readonly "~out": LastAxisDenseShape<this["~in"], U>;
  readonly "~params": LastAxisDenseWeights<this["~in"], U>;
}

/** Types: the weights on an input whose shape fits. */
type DenseWeights<S, U> = S extends readonly [infer N] ? OwnWeights<"dense", { kernel: [N, U]; bias: [U] }> : unknown;

type LastAxisDenseWeights<S, U> = S extends readonly [...unknown[], infer N]
  ? number extends S["length"]
    ? unknown
    : OwnWeights<"dense", { kernel: [N, U]; bias: [U] }>
  : unknown;

const notFlat = <Rank extends number, Text extends string>(rank: Rank, text: Text) =>
  `dense: expected a flat input [n], got a ${rank}-D input [${text}]: put flatten (or globalAvgPool2d) before it` as const;
const unknownSize =
  "dense: the size of its input is unknown, and the weights' shape depends on it: use globalAvgPool2d instead of flatten, or give input(...) numbers" as const;

/** Types: the output's shape, or the sentence. */
export type DenseShape<S, U> = S extends readonly [infer N]
  ? FlatShape<N, U>
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? FlatShape<Dim, U>
        : ShapeError<ReturnType<typeof notFlat<S["length"], ShapeText<S>>>>
      : never;
type FlatShape<N, U> =
  SizeProblem<"dense", "units", U> extends infer M extends string
    ? ShapeError<M>
    : [N] extends [null]
      ? ShapeError<typeof unknownSize>
      : [U];

/** Types: the shape with `units` in place of the last axis, or the sentence. */
export type LastAxisDenseShape<S, U> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? SizeProblem<"dense", "units", U> extends infer M extends string
        ? ShapeError<M>
        : S extends readonly [...infer Axes, infer C]
          ? ChannelsProblem<"dense", C, S> extends infer M extends string
            ? ShapeError<M>
            : [...Axes, U]
          : number extends S["length"]
            ? Shape
            : LastAxisShape<"dense", S>
      : never;
/** Run-time twin of {@link DenseShape} and {@link LastAxisDenseShape}. */
const denseShape = ({ units, activation, axis }: AnyDenseOptions, shape: Shape): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (axis === undefined && shape.length !== 1) return E.left(notFlat(shape.length, shapeText(shape)));
  const problem =
    axisProblem(axis) ??
    sizeProblem("dense", { name: "units", value: units }) ??
    activationProblem("dense", activation) ??
    (axis === undefined && shape[0] === null ? unknownSize : channelsProblem("dense", shape));
  if (problem !== undefined) return E.left(problem);
  return shape.length === 0 ? lastAxisShape("dense")(shape) : E.right([...shape.slice(0, -1), units]);
};

/** A sentence for an axis that types did not check. */
const axisProblem = (axis: unknown): string | undefined =>
  axis === undefined || axis === -1
    ? undefined
    : `dense: axis ${optionText(axis)} is not the last one: use axis -1 for the last axis of any rank, or leave it out`;

const denseLayer = (options: AnyDenseOptions): LayerSpec => ({
  name: "dense",
  options,
  rule: ([shape = []]) => denseShape(options, shape),
  build: ({ emit, parameter }, [x]) => {
    invariant(x, "dense has one input");
    const { units, useBias = true } = options;
    const kernel = parameter("kernel", [lastAxis(x), units], {
      initializer: options.kernelInitializer ?? glorotUniform,
      regularizer: options.kernelRegularizer,
      constraint: options.kernelConstraint,
    });
    const axes = x.type.shape.slice(0, -1);
    const isFlat = axes.length === 1;
    const rows = isFlat ? x : emit("reshape", [x], { shape: [axes.reduce<TypeDim>(multiplyDims, 1), lastAxis(x)] });
    const product = emit("matMul", [rows, kernel], { transposeA: false, transposeB: false });
    const biased = useBias
      ? emit("biasAdd", [product, parameter("bias", [units], { initializer: options.biasInitializer ?? zeros })], {})
      : product;
    const y = emitActivation(emit, biased, options.activation);
    return isFlat ? y : emit("reshape", [y], { shape: [...axes, units] });
  },
});

/**
 * A fully connected layer: y = x · kernel + bias.
 *
 * Shape   [n] -> [units]; with `axis: -1` [a, b, …, n] -> [a, b, …, units].
 * Params  kernel [n, units], Glorot uniform; bias [units], zeros.
 * Cost    2 n units FLOP per example.
 * Errors  units that are no size; an input that is not flat, without `axis: -1`; an input of unknown size.
 * Source  Keras Dense; there the last axis of any rank, here only where `axis: -1` says so: it is mostly a forgotten flatten.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), flatten, dense({ units: 10, activation: "softmax" })) // Probabilities<[10]>
 */
export function dense<
  U extends number,
  A extends ActivationName = "linear",
  B extends boolean = true,
  X extends -1 | undefined = undefined,
>(options: DenseOptions<U, A, B, X>): WithIf<B, "bias", X extends -1 ? DenseOfLastAxis<U, A> : Dense<U, A>> {
  return defineLayer(denseLayer(options), activationKind(options.activation));
}
// --- operator ---

export const denseTorch = {
  kind: "torch",
  word: "dense",
  weights: { kernel: { name: "weight", axes: [1, 0], countsInput: true }, bias: torchBias },
} satisfies TorchMapping;

export const denseKeras = {
  kind: "keras",
  word: "dense",
  classes: ["Dense"],
  read: (request) => {
    const { config, inputs } = request;
    const [x] = inputs;
    const options = given({
      units: config.number("units"),
      // Keras's works on the last axis of any rank.
      axis: x === undefined || x.shape.length === 1 ? undefined : -1,
      useBias: config.flagOr(true, "use_bias"),
      kernelInitializer: config.initializer("kernel_initializer", glorotUniform),
      biasInitializer: config.initializer("bias_initializer", zeros),
      kernelRegularizer: config.regularizer("kernel_regularizer"),
      kernelConstraint: config.constraint("kernel_constraint"),
    });
    config.noteTraining("bias_regularizer", "bias_constraint");
    const weights = weightsNamed("kernel", options["useBias"] !== false && "bias");
    return applyActivated(request, { word: "dense", options, inputs, weights });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "Dense",
      config: {
        units: options["units"],
        activation: kerasActivation(options["activation"]),
        use_bias: options["useBias"] ?? true,
        kernel_initializer: writeInitializer(options["kernelInitializer"], glorotUniform),
        bias_initializer: writeInitializer(options["biasInitializer"], zeros),
        kernel_regularizer: writeRegularizer(options["kernelRegularizer"]),
        kernel_constraint: writeConstraint(options["kernelConstraint"]),
      },
      inputs,
      weights: ["kernel", ...(options["useBias"] === false ? [] : ["bias"])],
    }),
} satisfies KerasMapping;
