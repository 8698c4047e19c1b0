/** Leaky rectified linear unit whose slope is learnt: the layer, and its operator. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { OwnWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { gt, mul, select, x0, x1 } from "../formula/formula.js";
import { E, type Either } from "../fp.js";
import { placesOf, type PlacesOf } from "../shape/axis.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../shape/text.js";
import { elementwise } from "./elementwise.js";
import { zeros, type Initializer } from "./initializers.js";
import type { Regularizer } from "./layer.js";
import type { Operator } from "./operator.js";
import { onnxNamed } from "./onnx-named.js";
import type { OnnxMapping } from "./onnx.js";
import type { TorchMapping } from "./torch.js";
import { writeInitializer, writeRegularizer } from "./keras-objects.js";
import { given, weightsNamed, type KerasMapping } from "./keras.js";
import { onnxNamedReading } from "./onnx-reading-named.js";
import type { OnnxReading } from "./onnx-reading.js";

interface PreluOptions<A> {
  /** Axes along which all elements have one slope; the batch is axis 0. */
  readonly sharedAxes?: A | undefined;
  readonly alphaInitializer?: Initializer | undefined;
  readonly alphaRegularizer?: Regularizer | undefined;
}

/** The layer that {@link prelu} makes. */
export interface Prelu<A extends readonly number[] = readonly []> extends Layer {
  readonly "~out": PreluShape<this["~in"], A>;
  readonly "~params": PreluWeights<this["~in"], A>;
}

/** Types: the weights on an input whose rank is known. */
type PreluWeights<S, A> = S extends Shape
  ? number extends S["length"]
    ? unknown
    : PlacesOf<A, S> extends infer P
      ? [P] extends [number]
        ? OwnWeights<"prelu", { alpha: Slopes<S, P> }>
        : unknown
      : never
  : unknown;
/** The shape with 1 for the shared axes. */
type Slopes<S, Shared, Done extends unknown[] = []> = S extends readonly [infer Head, ...infer Tail]
  ? Slopes<Tail, Shared, [...Done, Done["length"] extends Shared ? 1 : Head]>
  : Done;

const notAxes = <Axes extends string, Text extends string>(axes: Axes, text: Text) =>
  `prelu: sharedAxes ${axes} do not name axes of [${text}]: name each once, from 1 on (0 is the batch) or from the end by -1, -2, …` as const;
const unknownAxis = <Text extends string>(text: Text) =>
  `prelu: an axis of [${text}] is unknown, and alpha's shape depends on it: name it in sharedAxes, or give it a number in input(...)` as const;

/** Whether an axis outside the places is null. */
type HasUnknown<S, Places, Seen extends unknown[] = []> = S extends readonly [infer Head, ...infer Tail]
  ? [Head] extends [null]
    ? Seen["length"] extends Places
      ? HasUnknown<Tail, Places, [...Seen, Head]>
      : true
    : HasUnknown<Tail, Places, [...Seen, Head]>
  : false;

/** Types: the shape itself, or the sentence. */
export type PreluShape<S, A> =
  S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"]
        ? S
        : PlacesOf<A, S> extends infer P
          ? [P] extends [number]
            ? HasUnknown<S, P> extends true
              ? ShapeError<ReturnType<typeof unknownAxis<ShapeText<S>>>>
              : S
            : P extends "wide"
              ? S
              : ShapeError<ReturnType<typeof notAxes<OptionText<A>, ShapeText<S>>>>
          : never
      : never;
/** Run-time twin of {@link PreluShape}. */
const preluShape = (shared: readonly number[], shape: Shape): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  const places = placesOf(shared, shape.length);
  if (places === undefined) return E.left(notAxes(optionText(shared), shapeText(shape)));
  return shape.some((dim, place) => dim === null && !places.includes(place))
    ? E.left(unknownAxis(shapeText(shape)))
    : E.right(shape);
};

/**
 * Leaky rectified linear unit with a learnt slope: x for x > 0, alpha · x elsewhere.
 *
 * Shape   [a, b, …] -> the same.
 * Params  alpha [a, b, …], zeros; 1 in each of the shared axes.
 * Cost    one pass over the elements.
 * Errors  shared axes that there are not; an unknown axis that is not shared.
 * Source  He et al. 2015 (arXiv:1502.01852) §2.1; Keras PReLU, whose slopes are one for each element unless shared.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), prelu({ sharedAxes: [1, 2] })) // Expr<[28, 28, 8]>
 */
export function prelu<const A extends readonly number[] = readonly []>(options: PreluOptions<A> = {}): Prelu<A> {
  const shared: readonly number[] = options.sharedAxes ?? [];
  return defineLayer({
    name: "prelu",
    options,
    rule: ([shape = []]) => preluShape(shared, shape),
    build: ({ emit, parameter }, [x]) => {
      invariant(x, "prelu has one input");
      const axes = x.type.shape.slice(1);
      const places = placesOf(shared, axes.length) ?? [];
      const alpha = parameter(
        "alpha",
        axes.map((size, place) => (places.includes(place) ? 1 : Number(size))),
        { initializer: options.alphaInitializer ?? zeros, regularizer: options.alphaRegularizer },
      );
      return emit("prelu", [x, alpha], {});
    },
  });
}

/** x above 0, alpha x below; the slope of alpha is x below. */
export const preluOperator = elementwise<Record<never, never>>({
  name: "prelu",
  arity: 2,
  formula: () => select(gt(x0, 0), x0, mul(x1, x0)),
  derivatives: () => [select(gt(x0, 0), 1, x1), select(gt(x0, 0), 0, x0)],
}) satisfies Operator<Record<never, never>>;

export const preluOnnx = onnxNamed("prelu", "PRelu") satisfies OnnxMapping;

export const preluOnnxReading = onnxNamedReading("prelu", "PRelu", () => ({}), 2) satisfies OnnxReading;

export const preluTorch = {
  kind: "torch",
  word: "prelu",
  weights: { alpha: { name: "weight", shapes: (ours) => ({ torch: ours.filter((size) => size !== 1), split: ours }) } },
} satisfies TorchMapping;

export const preluKeras = {
  kind: "keras",
  word: "prelu",
  classes: ["PReLU"],
  read: ({ config, inputs, apply }) => {
    config.noteTraining("alpha_constraint");
    const options = given({
      sharedAxes: config.axes("shared_axes"),
      alphaInitializer: config.initializer("alpha_initializer", zeros),
      alphaRegularizer: config.regularizer("alpha_regularizer"),
    });
    return apply({ word: "prelu", options, inputs, weights: weightsNamed("alpha") });
  },
  write: ({ options, inputs, layer }) =>
    layer({
      className: "PReLU",
      config: {
        shared_axes: options["sharedAxes"] ?? null,
        alpha_initializer: writeInitializer(options["alphaInitializer"], zeros),
        alpha_regularizer: writeRegularizer(options["alphaRegularizer"]),
      },
      inputs,
      weights: ["alpha"],
    }),
} satisfies KerasMapping;
