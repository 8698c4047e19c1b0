/** Any activation as a layer, by its name and with its options. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { placeOf, type PlaceOf } from "../shape/axis.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import {
  activationKind,
  activationOptionsProblem,
  activationProblem,
  emitActivation,
  worksOverAxis,
  type ActivationKind,
  type ActivationName,
  type ActivationOptions,
  type OverAxisName,
} from "./activations.js";

/** The layer that {@link activation} makes. */
export interface Activation<A extends ActivationName> extends Layer<ActivationKind<A>> {
  readonly "~out": ActivationShape<this["~in"], A>;
  readonly "~params": NoWeights;
}

/** The layer that {@link activation} makes of softmax or its logarithm over another axis than the last. */
export interface SoftmaxOverAxis<A extends ActivationName, X extends number> extends Layer<ActivationKind<A>> {
  readonly "~out": SoftmaxShape<this["~in"], A, X>;
  readonly "~params": NoWeights;
}

const noAxis = <Name extends string, Axis extends string, Text extends string, Rank extends number>(of: {
  readonly name: Name;
  readonly axis: Axis;
  readonly text: Text;
  readonly rank: Rank;
}) =>
  `activation: axis ${of.axis} of ${of.name} is none of the axes of [${of.text}]: use 1 to ${of.rank} (0 is the batch), or -1 for the last` as const;

/** Types: the shape itself, or the sentence. */
export type SoftmaxShape<S, A extends string, X extends number> = S extends readonly []
  ? LastAxisShape<A, S>
  : S extends ShapeError<string>
    ? S
    : S extends Shape
      ? number extends S["length"] | X
        ? S
        : [PlaceOf<X, S>] extends [never]
          ? ShapeError<ReturnType<typeof noAxis<A, OptionText<X>, ShapeText<S>, S["length"]>>>
          : S
      : never;

/** Types: the shape itself; what works over the last axis needs one. */
export type ActivationShape<S, A> = A extends OverAxisName ? LastAxisShape<A, S> : S;
/** Run-time twin of {@link ActivationShape} and {@link SoftmaxShape}. */
const activationShape = (
  name: ActivationName,
  options: { readonly axis?: unknown },
  shape: Shape,
): Either<string, Shape> => {
  const problem = activationProblem("activation", name) ?? activationOptionsProblem(name, options);
  if (problem !== undefined) return E.left(problem);
  if (!worksOverAxis(name) || isPoisoned(shape)) return E.right(shape);
  const { axis = -1 } = options;
  return shape.length === 0 || placeOf(Number(axis), shape.length) !== undefined
    ? lastAxisShape(name)(shape)
    : E.left(noAxis({ name, axis: optionText(axis), text: shapeText(shape), rank: shape.length }));
};

type AxisOf<A> = A extends OverAxisName ? number : never;

/**
 * An activation by its name: the layer values, and their variants under Keras's options.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  an unknown name or option, a value that it cannot use; softmax and logSoftmax of an input without axes, or over an axis that is none.
 * Source  Keras Activation and keras.activations, all that work element by element, softmax and logSoftmax, under Keras's names
 *         in camelCase with Keras's options and defaults: each file of src/ops says its own. relu has negativeSlope, maxValue
 *         and threshold; softmax has axis (the last; the batch is axis 0).
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "gelu", approximate: true })) // Expr<[28, 28, 8]>
 */
export function activation<A extends ActivationName, X extends AxisOf<A> = never>(
  options: { readonly name: A; readonly axis?: X } & ActivationOptions[NoInfer<A>],
): [X] extends [-1] ? Activation<A> : SoftmaxOverAxis<A, X> {
  const { name, ...rest }: { readonly name: A } & object = options;
  return defineLayer(
    {
      name: "activation",
      options,
      rule: ([shape = []]) => activationShape(name, rest, shape),
      build: ({ emit }, [x]) => {
        invariant(x, "activation has one input");
        return emitActivation(emit, x, name, rest);
      },
    },
    activationKind(name),
  );
}
