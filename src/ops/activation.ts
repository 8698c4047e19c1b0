/** Any activation as a layer, by its name and with its options. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Shape } from "../shape/shape.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import {
  activationKind,
  activationOptionsProblem,
  activationProblem,
  emitActivation,
  type ActivationKind,
  type ActivationName,
  type ActivationOptions,
} from "./activations.js";

/** The layer that {@link activation} makes. */
export interface Activation<A extends ActivationName> extends Layer<ActivationKind<A>> {
  readonly "~out": ActivationShape<this["~in"], A>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself; softmax and its logarithm need a last axis. */
export type ActivationShape<S, A> = A extends "softmax" | "logSoftmax" ? LastAxisShape<A, S> : S;
/** Run-time twin of {@link ActivationShape}. */
const activationShape = (name: ActivationName, options: object, shape: Shape): Either<string, Shape> => {
  const problem = activationProblem("activation", name) ?? activationOptionsProblem(name, options);
  if (problem !== undefined) return E.left(problem);
  return name === "softmax" || name === "logSoftmax" ? lastAxisShape(name)(shape) : E.right(shape);
};

/**
 * An activation by its name: the layer values, and their variants under Keras's options.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  an unknown name or option; softmax and logSoftmax of an input without axes.
 * Source  Keras Activation and keras.activations; relu has negativeSlope, maxValue and threshold, leakyRelu negativeSlope
 *         (0.2 as in Keras's function), elu alpha, gelu approximate; softmax is over the last axis.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), activation({ name: "gelu", approximate: true })) // Expr<[28, 28, 8]>
 */
export function activation<A extends ActivationName>(
  options: { readonly name: A } & ActivationOptions[NoInfer<A>],
): Activation<A> {
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
