/** Instance normalisation: a layer of reductions and one formula. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { ChannelWeights, WithIf } from "../dsl/layer-weights.js";
import type { Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { channelsProblem, type ChannelsProblem } from "../shape/image.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { shapeText, type ShapeText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import type { LayerBuilder } from "./layer.js";
import { affineWeights, epsilonProblem, momentsOf, normalized, type AffineOptions } from "./normalization.js";
import { torchAffine, type TorchMapping } from "./torch.js";
import { affineNames, writeAffine } from "./keras-normalization.js";
import type { KerasMapping } from "./keras.js";

interface InstanceNormalizationOptions<Center = boolean, Scale = boolean> extends AffineOptions<Center, Scale> {
  readonly epsilon?: number | undefined;
}

/** The layer that {@link instanceNormalization} makes. */
export interface InstanceNormalization extends Layer {
  readonly "~out": InstanceNormalizationShape<this["~in"]>;
  readonly "~params": ChannelWeights<"instanceNormalization", this["~in"], "gamma" | "beta">;
}

const nothingToAverage = <Text extends string>(text: Text) =>
  `instanceNormalization: [${text}] has one number a channel, so that all would become 0: use layerNormalization` as const;

/** Types: the shape itself, or the sentence. */
export type InstanceNormalizationShape<S> = S extends readonly [unknown]
  ? ShapeError<ReturnType<typeof nothingToAverage<ShapeText<S>>>>
  : S extends readonly [...unknown[], infer C]
    ? ChannelsProblem<"instanceNormalization", C, S> extends infer M extends string
      ? ShapeError<M>
      : S
    : LastAxisShape<"instanceNormalization", S>;
/** Run-time twin of {@link InstanceNormalizationShape}. */
const instanceNormalizationShape = (
  { epsilon = 1e-3 }: InstanceNormalizationOptions,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("instanceNormalization")(shape);
  if (shape.length === 1) return E.left(nothingToAverage(shapeText(shape)));
  const problem = channelsProblem("instanceNormalization", shape) ?? epsilonProblem("instanceNormalization", epsilon);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

const build = (builder: LayerBuilder, x: Value, options: InstanceNormalizationOptions): Value => {
  const affine = affineWeights(builder, [lastAxis(x)], options);
  const cells = x.type.shape.slice(1, -1).map((_, place) => place + 1);
  return normalized(builder.emit, x, { ...momentsOf(builder.emit, x, cells), ...affine }, options.epsilon ?? 1e-3);
};

/**
 * Instance normalisation: gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and the biased variance of each
 * channel over all cells of each example: groupNormalization with as many groups as channels.
 *
 * Shape   [a, …, c] -> the same, of rank 2 or more.
 * Params  gamma [c], ones; beta [c], zeros.
 * Cost    about 8 FLOP per element.
 * Errors  an input of rank 1; unknown channels; an epsilon that is not above 0.
 * Source  Ulyanov, Vedaldi & Lempitsky 2016 (arXiv:1607.08022); Keras GroupNormalization with groups = -1.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), instanceNormalization()) // Expr<[28, 28, 8]>
 */
export function instanceNormalization<Center extends boolean = true, Scale extends boolean = true>(
  options: InstanceNormalizationOptions<Center, Scale> = {},
): WithIf<Center, "beta", WithIf<Scale, "gamma", InstanceNormalization>> {
  return defineLayer({
    name: "instanceNormalization",
    options,
    rule: ([shape = []]) => instanceNormalizationShape(options, shape),
    build: (builder, [x]) => {
      invariant(x, "instanceNormalization has one input");
      return build(builder, x, options);
    },
  });
}

export const instanceNormalizationTorch = {
  kind: "torch",
  word: "instanceNormalization",
  weights: torchAffine,
} satisfies TorchMapping;

export const instanceNormalizationKeras = {
  kind: "keras",
  word: "instanceNormalization",
  classes: [],
  write: ({ options, inputs, layer }) =>
    layer({
      className: "GroupNormalization",
      config: { groups: -1, axis: -1, ...writeAffine(options) },
      inputs,
      weights: affineNames(options).filter((name) => name !== false),
    }),
  note: "`GroupNormalization` with groups = -1",
} satisfies KerasMapping;
