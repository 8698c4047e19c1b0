/** Group normalisation: a layer of reductions and one formula. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { ChannelWeights, WithIf } from "../dsl/layer-weights.js";
import type { Value } from "../compiler/ir/graph.js";
import { multiplyDims, type Dim as TypeDim } from "../compiler/ir/type.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { channelsProblem, type ChannelsProblem } from "../shape/image.js";
import type { Differ, Mod } from "../shape/nat.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { dimText, type DimText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import type { LayerBuilder } from "./layer.js";
import { affineWeights, epsilonProblem, momentsOf, normalized, type AffineOptions } from "./normalization.js";
import { torchAffine, type TorchMapping } from "./torch.js";
import { affineNames, readAffine, writeAffine } from "./keras-normalization.js";
import { given, weightsNamed, type KerasMapping } from "./keras.js";

interface GroupNormalizationOptions<G, Center = boolean, Scale = boolean> extends AffineOptions<Center, Scale> {
  /** How many groups the channels are split into, each normalised by itself. */
  readonly groups?: G | undefined;
  readonly epsilon?: number | undefined;
}

/** The layer that {@link groupNormalization} makes. */
export interface GroupNormalization<G extends number = 32> extends Layer {
  readonly "~out": GroupNormalizationShape<this["~in"], G>;
  readonly "~params": ChannelWeights<"groupNormalization", this["~in"], "gamma" | "beta">;
}

/** The greatest common divisor, by Euclid: groups that divide the channels. */
type Gcd<A, B> = B extends 0 ? A : Gcd<B, Mod<A, B>>;
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const notDivisible = <C extends string, G extends string, Better extends string>(c: C, g: G, better: Better) =>
  `groupNormalization: ${c} channels are not divisible by groups ${g}: use groups that divide them, such as ${better}` as const;

/** Types: the shape itself, or the sentence. */
export type GroupNormalizationShape<S, G> = S extends readonly [...unknown[], infer C]
  ? SizeProblem<"groupNormalization", "groups", G> extends infer M extends string
    ? ShapeError<M>
    : ChannelsProblem<"groupNormalization", C, S> extends infer M extends string
      ? ShapeError<M>
      : GroupsProblem<C, G> extends infer M extends string
        ? ShapeError<M>
        : S
  : LastAxisShape<"groupNormalization", S>;
type GroupsProblem<C, G> =
  Differ<Mod<C, G>, 0> extends true
    ? Gcd<C, G> extends infer Better
      ? ReturnType<typeof notDivisible<DimText<C>, DimText<G>, DimText<Better>>>
      : never
    : undefined;
const groupsProblem = (channels: Dim, groups: number): string | undefined =>
  channels !== null && channels % groups !== 0
    ? notDivisible(dimText(channels), dimText(groups), dimText(gcd(channels, groups)))
    : undefined;

/** Run-time twin of {@link GroupNormalizationShape}. */
const groupNormalizationShape = (
  { groups = 32, epsilon = 1e-3 }: GroupNormalizationOptions<number>,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("groupNormalization")(shape);
  const problem =
    sizeProblem("groupNormalization", { name: "groups", value: groups }) ??
    channelsProblem("groupNormalization", shape) ??
    groupsProblem(shape.at(-1) ?? null, groups) ??
    epsilonProblem("groupNormalization", epsilon);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

/** As [n, cells, groups, channels of a group], where cells and channels of a group are normalised together. */
const build = (builder: LayerBuilder, x: Value, options: GroupNormalizationOptions<number>): Value => {
  const { emit } = builder;
  const { groups = 32, epsilon = 1e-3 } = options;
  const channels = lastAxis(x);
  const [batch = "n", ...axes] = x.type.shape;
  const { gamma, beta } = affineWeights(builder, [channels], options);
  const cells = axes.slice(0, -1).reduce<TypeDim>(multiplyDims, 1);
  const grouped = emit("reshape", [x], { shape: [batch, cells, groups, channels / groups] });
  const perGroup = (weight: Value): Value => emit("reshape", [weight], { shape: [groups, channels / groups] });
  const moments = momentsOf(emit, grouped, [1, 3]);
  const y = normalized(emit, grouped, { ...moments, gamma: perGroup(gamma), beta: perGroup(beta) }, epsilon);
  return emit("reshape", [y], { shape: x.type.shape });
};

/**
 * Group normalisation: gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and the biased variance of each
 * group of neighbouring channels over all cells of each example, alike in training and inference.
 *
 * Shape   [a, …, c] -> the same; groups divide c.
 * Params  gamma [c], ones; beta [c], zeros.
 * Cost    about 8 FLOP per element.
 * Errors  groups that are no size or do not divide the channels; unknown channels; an epsilon that is not above 0.
 * Source  Wu & He 2018 (arXiv:1803.08494); Keras GroupNormalization.
 *
 * @example
 * const y = pipe(input([28, 28, 64]), groupNormalization({ groups: 16 })) // Expr<[28, 28, 64]>
 */
export function groupNormalization<G extends number = 32, Center extends boolean = true, Scale extends boolean = true>(
  options: GroupNormalizationOptions<G, Center, Scale> = {},
): WithIf<Center, "beta", WithIf<Scale, "gamma", GroupNormalization<G>>> {
  return defineLayer({
    name: "groupNormalization",
    options,
    rule: ([shape = []]) => groupNormalizationShape(options, shape),
    build: (builder, [x]) => {
      invariant(x, "groupNormalization has one input");
      return build(builder, x, options);
    },
  });
}

export const groupNormalizationTorch = {
  kind: "torch",
  word: "groupNormalization",
  weights: torchAffine,
} satisfies TorchMapping;

export const groupNormalizationKeras = {
  kind: "keras",
  word: "groupNormalization",
  classes: ["GroupNormalization"],
  read: ({ config, inputs, apply }) => {
    const [x] = inputs;
    const axes = config.axes("axis") ?? [-1];
    if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== x?.shape.length))
      config.refuse(`axis ${JSON.stringify(axes)} is not the last, which is grouped: use axis -1`);
    const groups = config.numberOr(32, "groups");
    const affine = readAffine(config);
    const weights = weightsNamed(...affineNames(affine));
    return groups === -1
      ? apply({ word: "instanceNormalization", options: affine, inputs, weights })
      : apply({ word: "groupNormalization", options: given({ groups, ...affine }), inputs, weights });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "GroupNormalization",
      config: { groups: options["groups"] ?? 32, axis: -1, ...writeAffine(options) },
      inputs,
      weights: affineNames(options).filter((name) => name !== false),
    }),
} satisfies KerasMapping;
