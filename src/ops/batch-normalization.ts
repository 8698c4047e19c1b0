/** Batch normalisation: the layer, and the operator of its inference. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import { add, div, mul, sqrt, sub, x0, x1, x2, variable } from "../formula/formula.js";
import { E, type Either } from "../fp.js";
import { channelsProblem, type ChannelsProblem } from "../shape/image.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import { ones, zeros } from "./initializers.js";
import type { LayerBuilder } from "./layer.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";

interface BatchNormalizationOptions {
  readonly momentum?: number | undefined;
  readonly epsilon?: number | undefined;
  /** Whether beta is added. */
  readonly center?: boolean | undefined;
  /** Whether gamma is multiplied. */
  readonly scale?: boolean | undefined;
}

/** The layer that {@link batchNormalization} makes. */
export interface BatchNormalization extends Layer {
  readonly "~out": BatchNormalizationShape<this["~in"]>;
}

/** Types: the shape itself, or the sentence. */
export type BatchNormalizationShape<S> = S extends readonly [...unknown[], infer C]
  ? ChannelsProblem<"batchNormalization", C, S> extends infer M extends string
    ? ShapeError<M>
    : S
  : LastAxisShape<"batchNormalization", S>;
/** Run-time twin of {@link BatchNormalizationShape}. */
const batchNormalizationShape = (
  { momentum = 0.99, epsilon = 1e-3 }: BatchNormalizationOptions,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("batchNormalization")(shape);
  const problem =
    channelsProblem("batchNormalization", shape) ??
    (momentum >= 0 && momentum <= 1
      ? undefined
      : `batchNormalization: momentum ${momentum} is not in [0, 1]: use a number such as 0.99`) ??
    (epsilon > 0 && epsilon < Infinity
      ? undefined
      : `batchNormalization: epsilon ${epsilon} is not above 0: use a small number such as 0.001`);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

/** What normalises: a parameter or, where it is switched off, a constant. */
interface Statistics {
  readonly mean: Value;
  readonly variance: Value;
  readonly gamma: Value;
  readonly beta: Value;
}

/** The mean and the biased variance of the batch, per channel. */
const momentsOf = (emit: LayerBuilder["emit"], x: Value): { readonly mean: Value; readonly variance: Value } => {
  const axes = x.type.shape.slice(0, -1).map((_, axis) => axis);
  const mean = emit("reduceMean", [x], { axes, keepDims: false });
  const centered = sub(x0, x1);
  const squares = emit("elementwise", [x, mean], { formula: mul(centered, centered) });
  return { mean, variance: emit("reduceMean", [squares], { axes, keepDims: false }) };
};

const normalized = (emit: LayerBuilder["emit"], x: Value, by: Statistics, epsilon: number): Value =>
  emit("elementwise", [x, by.mean, by.variance, by.gamma, by.beta], {
    formula: add(mul(div(sub(x0, x1), sqrt(add(x2, epsilon))), variable(3)), variable(4)),
  });

const build = (
  { mode, emit, parameter, state, update }: LayerBuilder,
  x: Value,
  { momentum = 0.99, epsilon = 1e-3, center = true, scale = true }: BatchNormalizationOptions,
): Value => {
  const shape = [lastAxis(x)];
  const fixed = (value: number): Value => emit("constant", [], { dtype: "f32", shape, value });
  const gamma = scale ? parameter("gamma", shape, { initializer: ones }) : fixed(1);
  const beta = center ? parameter("beta", shape, { initializer: zeros }) : fixed(0);
  const mean = state("movingMean", shape, { initializer: zeros });
  const variance = state("movingVariance", shape, { initializer: ones });
  if (mode === "inference") return emit("batchNormalization", [x, mean, variance, gamma, beta], { epsilon });
  const batch = momentsOf(emit, x);
  const moved = add(mul(x0, momentum), mul(x1, 1 - momentum));
  update(mean, emit("elementwise", [mean, batch.mean], { formula: moved }));
  update(variance, emit("elementwise", [variance, batch.variance], { formula: moved }));
  return normalized(emit, x, { ...batch, gamma, beta }, epsilon);
};

/**
 * Batch normalisation over the last axis: gamma (x - mean) / sqrt(variance + epsilon) + beta, with the batch's mean and
 * biased variance in training, and the moving ones in inference.
 *
 * Shape   [a, …, c] -> the same.
 * Params  gamma [c], ones; beta [c], zeros; states movingMean [c], zeros, and movingVariance [c], ones, which become
 *         momentum · moving + (1 - momentum) · batch at each step.
 * Cost    2 FLOP per element in inference, about 8 in training.
 * Errors  an unknown last axis; a momentum outside [0, 1]; an epsilon that is not above 0.
 * Source  Ioffe & Szegedy 2015 (arXiv:1502.03167); moving variance without Bessel's correction, as in Keras 3.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), conv2d({ filters: 8, kernelSize: 3, useBias: false }), batchNormalization(), relu)
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalization {
  return defineLayer({
    name: "batchNormalization",
    options,
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
