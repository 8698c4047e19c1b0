/** Batch normalisation: the layer, and the operator of its inference. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { ChannelWeights, WithIf } from "../dsl/layer-weights.js";
import type { Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import { add, div, mul, sqrt, sub, x0, x1 } from "../formula/formula.js";
import { E, type Either } from "../fp.js";
import { channelsProblem, type ChannelsProblem } from "../shape/image.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import { ones, zeros } from "./initializers.js";
import type { LayerBuilder } from "./layer.js";
import { elementwise } from "./elementwise.js";
import { affineWeights, epsilonProblem, momentsOf, normalized, type AffineOptions } from "./normalization.js";
import type { Operator } from "./operator.js";
import { float, type OnnxMapping } from "./onnx.js";
import type { TorchMapping } from "./torch.js";
import { affineNames, readAffine, writeAffine } from "./keras-normalization.js";
import { given, weightsNamed, type KerasMapping } from "./keras.js";
import type { OnnxReading } from "./onnx-reading.js";
import { refuse } from "./onnx-reading.js";
import { channelsLast } from "./onnx-reading-tensors.js";

interface BatchNormalizationOptions<A, Center = boolean, Scale = boolean> extends AffineOptions<Center, Scale> {
  /** The axis that keeps its own statistics: the last, -1, as the tensors of svertka have channels last. */
  readonly axis?: A | undefined;
  readonly momentum?: number | undefined;
  readonly epsilon?: number | undefined;
}

/** The layer that {@link batchNormalization} makes. */
export interface BatchNormalization<A extends number = -1> extends Layer {
  readonly "~out": BatchNormalizationShape<this["~in"], A>;
  readonly "~params": ChannelWeights<
    "batchNormalization",
    this["~in"],
    "gamma" | "beta" | "movingMean" | "movingVariance"
  >;
}

const otherAxis = <Axis extends string, Text extends string>(axis: Axis, text: Text) =>
  `batchNormalization: axis ${axis} is not the last of [${text}], the only one that it takes: use -1, with permute before and after it` as const;

/** Types: the shape itself, or the sentence. */
export type BatchNormalizationShape<S, A extends number = -1> = S extends readonly [...unknown[], infer C]
  ? ChannelsProblem<"batchNormalization", C, S> extends infer M extends string
    ? ShapeError<M>
    : number extends A
      ? S
      : A extends -1 | S["length"]
        ? S
        : ShapeError<ReturnType<typeof otherAxis<OptionText<A>, ShapeText<S>>>>
  : LastAxisShape<"batchNormalization", S>;
/** Run-time twin of {@link BatchNormalizationShape}. */
const batchNormalizationShape = (
  { axis = -1, momentum = 0.99, epsilon = 1e-3 }: BatchNormalizationOptions<number>,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("batchNormalization")(shape);
  const problem =
    channelsProblem("batchNormalization", shape) ??
    (axis === -1 || axis === shape.length ? undefined : otherAxis(optionText(axis), shapeText(shape))) ??
    (momentum >= 0 && momentum <= 1
      ? undefined
      : `batchNormalization: momentum ${momentum} is not in [0, 1]: use a number such as 0.99`) ??
    epsilonProblem("batchNormalization", epsilon);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

const build = (builder: LayerBuilder, x: Value, options: BatchNormalizationOptions<number>): Value => {
  const { mode, frozen, emit, state, update } = builder;
  const { momentum = 0.99, epsilon = 1e-3 } = options;
  const shape = [lastAxis(x)];
  const affine = affineWeights(builder, shape, options);
  const mean = state("movingMean", shape, { initializer: zeros });
  const variance = state("movingVariance", shape, { initializer: ones });
  if (mode === "inference" || frozen)
    return emit("batchNormalization", [x, mean, variance, affine.gamma, affine.beta], { epsilon });
  const batch = momentsOf(
    emit,
    x,
    x.type.shape.slice(0, -1).map((_, axis) => axis),
  );
  const moved = add(mul(x0, momentum), mul(x1, 1 - momentum));
  update(mean, emit("elementwise", [mean, batch.mean], { formula: moved }));
  update(variance, emit("elementwise", [variance, batch.variance], { formula: moved }));
  return normalized(emit, x, { ...batch, ...affine }, epsilon);
};

/**
 * Batch normalisation over the last axis: gamma (x - mean) / sqrt(variance + epsilon) + beta, with the batch's mean and
 * biased variance in training, and the moving ones in inference or when the layer is frozen.
 *
 * Shape   [a, …, c] -> the same.
 * Params  gamma [c], ones; beta [c], zeros; states movingMean [c], zeros, and movingVariance [c], ones, which become
 *         momentum · moving + (1 - momentum) · batch at each step.
 * Cost    2 FLOP per element in inference, about 8 in training.
 * Errors  an unknown last axis; an axis that is not the last; a momentum outside [0, 1]; an epsilon that is not above 0.
 * Source  Ioffe & Szegedy 2015 (arXiv:1502.03167); moving variance without Bessel's correction, as in Keras 3.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), conv2d({ filters: 8, kernelSize: 3, useBias: false }), batchNormalization(), relu)
 */
export function batchNormalization<A extends number = -1, Center extends boolean = true, Scale extends boolean = true>(
  options: BatchNormalizationOptions<A, Center, Scale> = {},
): WithIf<Center, "beta", WithIf<Scale, "gamma", BatchNormalization<A>>> {
  return defineLayer({
    name: "batchNormalization",
    options,
    batchStatistics: true,
    rule: ([shape = []]) => batchNormalizationShape(options, shape),
    build: (builder, [x]) => {
      invariant(x, "batchNormalization has one input");
      return build(builder, x, options);
    },
  });
}

/** γ (x − mean) / √(variance + ε) + β over the last axis: the inference form, inputs x, mean, variance, gamma, beta. */
export const batchNormalizationOperator = elementwise<{ readonly epsilon: number }>({
  name: "batchNormalization",
  arity: 5,
  formula: ({ epsilon }) => add(mul(div(sub("x0", "x1"), sqrt(add("x2", epsilon))), "x3"), "x4"),
}) satisfies Operator<{ readonly epsilon: number }>;

/** ONNX's operator wants channels first; other ranks than those of images, too, from two axes on. */
export const batchNormalizationOnnx = {
  kind: "onnx",
  operator: "batchNormalization",
  has: ({ inputs: [x, ...rest] }) => (x?.shape.length ?? 0) >= 2 && rest.every(({ shape }) => shape.length === 1),
  write: ({ input, node, attrs: { epsilon } }) => ({
    layout: "first",
    name: node(
      "BatchNormalization",
      [input(0, "first"), input(3, "last"), input(4, "last"), input(1, "last"), input(2, "last")],
      { epsilon: float(epsilon) },
    ),
  }),
} satisfies OnnxMapping<{ readonly epsilon: number }>;

export const batchNormalizationOnnxReading = {
  kind: "onnxReading",
  reads: "BatchNormalization",
  read: (request) => {
    const { emit, made, known, attributes, opset } = request;
    if (attributes.int("training_mode", 0) !== 0 || (opset < 14 && request.outputs > 1))
      refuse("training mode: export the model for inference");
    if (opset < 9 && attributes.int("spatial", 1) === 0) refuse("statistics for each element (spatial 0)");
    const x = request.input(0);
    const order = channelsLast(x.shape.length);
    const vector = (index: number): Value => {
      const tensor = request.input(index);
      const { numbers } = tensor;
      // Mean and variance are what training moves, not what it learns.
      const isKept = index > 2 && numbers !== undefined;
      const kept = isKept ? known(tensor.shape.map(Number), { ...numbers, kept: true }, tensor.element) : tensor;
      return kept.in([0]);
    };
    const inputs = [x.in(order), vector(3), vector(4), vector(1), vector(2)];
    return made(emit("batchNormalization", inputs, { epsilon: attributes.float("epsilon", 1e-5) }), order);
  },
} satisfies OnnxReading;

export const batchNormalizationTorch = {
  kind: "torch",
  word: "batchNormalization",
  weights: {
    gamma: { name: "weight", countsInput: true },
    beta: { name: "bias", countsInput: true },
    movingMean: { name: "running_mean", countsInput: true },
    movingVariance: { name: "running_var", countsInput: true },
  },
} satisfies TorchMapping;

export const batchNormalizationKeras = {
  kind: "keras",
  word: "batchNormalization",
  classes: ["BatchNormalization"],
  read: ({ config, inputs, apply }) => {
    const rank = inputs[0]?.shape.length ?? 0;
    const axes = config.axes("axis") ?? [-1];
    if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== rank))
      config.refuse(`axis ${JSON.stringify(axes)} is not the last, which keeps its statistics: use axis -1`);
    config.off("renorm", "virtual_batch_size", "adjustment");
    config.ignore("synchronized", "fused", "renorm_clipping", "renorm_momentum");
    config.ignore("moving_mean_initializer", "moving_variance_initializer");
    const options = given({ momentum: config.numberOr(0.99, "momentum"), ...readAffine(config) });
    const weights = weightsNamed(...affineNames(options), "movingMean", "movingVariance");
    return apply({ word: "batchNormalization", options, inputs, weights });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "BatchNormalization",
      config: { axis: -1, momentum: options["momentum"] ?? 0.99, ...writeAffine(options) },
      inputs,
      weights: [...affineNames(options), "movingMean", "movingVariance"].filter((name) => name !== false),
    }),
} satisfies KerasMapping;
