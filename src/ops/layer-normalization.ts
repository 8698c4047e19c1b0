/** Layer normalisation: a layer of reductions and one formula. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { ChannelWeights, OwnWeights, WithIf } from "../dsl/layer-weights.js";
import type { Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { placesOf, type AxesOption, type PlacesOf } from "../shape/axis.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "../shape/shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import type { LayerBuilder } from "./layer.js";
import { affineWeights, epsilonProblem, momentsOf, normalized, type AffineOptions } from "./normalization.js";
import { torchAffine, type TorchMapping } from "./torch.js";
import { affineNames, readAffine, writeAffine } from "./keras-normalization.js";
import { given, weightsNamed, type KerasMapping } from "./keras.js";

interface LayerNormalizationOptions<A, Center = boolean, Scale = boolean> extends AffineOptions<Center, Scale> {
  /** The axes that are normalised together, each example by itself; the batch is axis 0. */
  readonly axis?: A | undefined;
  readonly epsilon?: number | undefined;
}

/** The layer that {@link layerNormalization} makes. */
export interface LayerNormalization<A extends AxesOption = -1> extends Layer {
  readonly "~out": LayerNormalizationShape<this["~in"], A>;
  readonly "~params": A extends -1
    ? ChannelWeights<"layerNormalization", this["~in"], "gamma" | "beta">
    : LayerNormalizationWeights<this["~in"], A>;
}

/** Types: the weights on an input whose rank is known, over axes that are written. */
type LayerNormalizationWeights<S, A> = S extends Shape
  ? number extends S["length"]
    ? unknown
    : PlacesOf<A, S> extends infer P
      ? [P] extends [number]
        ? OwnWeights<"layerNormalization", { [Name in "gamma" | "beta"]: SizesAt<S, P> }>
        : unknown
      : never
  : unknown;
type SizesAt<S, Places, Before extends unknown[] = [], Sizes extends unknown[] = []> = S extends readonly [
  infer Head,
  ...infer Tail,
]
  ? SizesAt<Tail, Places, [...Before, Head], Before["length"] extends Places ? [...Sizes, Head] : Sizes>
  : Sizes;

const notAxes = <Axes extends string, Text extends string>(axes: Axes, text: Text) =>
  `layerNormalization: axis ${axes} does not name axes of [${text}]: name each once, from 1 on (0 is the batch) or from the end by -1, -2, …` as const;
const unknownAxis = <Axes extends string, Text extends string>(axes: Axes, text: Text) =>
  `layerNormalization: of axis ${axes} of [${text}] not all is known, and the weights' shape depends on it: give it a number in input(...)` as const;

type NotAxes<A, S> = ReturnType<typeof notAxes<OptionText<A>, ShapeText<S>>>;

/** Types: the shape itself, or the sentence. */
export type LayerNormalizationShape<S, A> = S extends readonly [Dim, ...Dim[]]
  ? PlacesOf<A, S> extends infer P
    ? [P] extends [never]
      ? ShapeError<NotAxes<A, S>>
      : [P] extends [number]
        ? null extends S[P]
          ? ShapeError<ReturnType<typeof unknownAxis<OptionText<A>, ShapeText<S>>>>
          : S
        : P extends "wide"
          ? S
          : ShapeError<NotAxes<A, S>>
    : never
  : LastAxisShape<"layerNormalization", S>;
/** Run-time twin of {@link LayerNormalizationShape}. */
const layerNormalizationShape = (
  { axis = -1, epsilon = 1e-3 }: LayerNormalizationOptions<AxesOption>,
  shape: Shape,
): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("layerNormalization")(shape);
  const places = placesOf(axis, shape.length);
  if (places === undefined || places.length === 0) return E.left(notAxes(optionText(axis), shapeText(shape)));
  if (places.some((place) => shape[place] === null)) return E.left(unknownAxis(optionText(axis), shapeText(shape)));
  const problem = epsilonProblem("layerNormalization", epsilon);
  return problem === undefined ? E.right(shape) : E.left(problem);
};

/** The sizes of some axes; each is a number, since the rule asks for it. */
const sizesOf = ({ type }: Value, axes: readonly number[]): readonly number[] =>
  axes.map((axis) => {
    const size = type.shape[axis];
    invariant(typeof size === "number", `axis ${axis} has a number, in [${type.shape.join(", ")}]`);
    return size;
  });

const build = (builder: LayerBuilder, x: Value, options: LayerNormalizationOptions<AxesOption>): Value => {
  const { emit } = builder;
  const rank = x.type.shape.length - 1;
  const axes = (placesOf(options.axis ?? -1, rank) ?? []).map((place) => place + 1);
  const { gamma, beta } = affineWeights(builder, sizesOf(x, axes), options);
  // The weights' axes in their places; where they are the last ones broadcasting finds them.
  const shape = x.type.shape.slice(1).map((size, place) => (axes.includes(place + 1) ? size : 1));
  const placed = (weight: Value): Value =>
    axes[0] === rank + 1 - axes.length ? weight : emit("reshape", [weight], { shape });
  return normalized(
    emit,
    x,
    { ...momentsOf(emit, x, axes), gamma: placed(gamma), beta: placed(beta) },
    options.epsilon ?? 1e-3,
  );
};

/**
 * Layer normalisation: gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and the biased variance along the
 * given axes of each example, alike in training and inference.
 *
 * Shape   [a, …, c] -> the same.
 * Params  gamma and beta of the axes' sizes, in their order in the shape: [c] by default; ones and zeros.
 * Cost    about 8 FLOP per element.
 * Errors  an axis that there is not, or twice; one that is unknown; an epsilon that is not above 0.
 * Source  Ba, Kiros & Hinton 2016 (arXiv:1607.06450); Keras LayerNormalization.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), layerNormalization({ axis: [1, 2, 3] })) // Expr<[28, 28, 8]>
 */
export function layerNormalization<
  const A extends AxesOption = -1,
  Center extends boolean = true,
  Scale extends boolean = true,
>(
  options: LayerNormalizationOptions<A, Center, Scale> = {},
): WithIf<Center, "beta", WithIf<Scale, "gamma", LayerNormalization<A>>> {
  return defineLayer({
    name: "layerNormalization",
    options,
    rule: ([shape = []]) => layerNormalizationShape(options, shape),
    build: (builder, [x]) => {
      invariant(x, "layerNormalization has one input");
      return build(builder, x, options);
    },
  });
}

export const layerNormalizationTorch = {
  kind: "torch",
  word: "layerNormalization",
  weights: torchAffine,
} satisfies TorchMapping;

export const layerNormalizationKeras = {
  kind: "keras",
  word: "layerNormalization",
  classes: ["LayerNormalization"],
  read: ({ config, inputs, apply }) => {
    const [x] = inputs;
    const axes = config.axes("axis") ?? [-1];
    const isLast = axes.length === 1 && (axes[0] === -1 || axes[0] === x?.shape.length);
    config.off("rms_scaling");
    const options = given({ axis: isLast ? undefined : axes, ...readAffine(config) });
    return apply({ word: "layerNormalization", options, inputs, weights: weightsNamed(...affineNames(options)) });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "LayerNormalization",
      config: { axis: options["axis"] ?? -1, ...writeAffine(options) },
      inputs,
      weights: affineNames(options).filter((name) => name !== false),
    }),
} satisfies KerasMapping;
