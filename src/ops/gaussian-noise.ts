/** Additive noise: a layer of elementwise operators and random numbers, in training only. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { add, mul, x0, x1 } from "../formula/formula.js";
import { E } from "../fp.js";
import { spreadProblem, type SpreadProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";
import { normalNoise } from "./normal-noise.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link gaussianNoise} makes. */
export interface GaussianNoise<D extends number> extends Layer {
  readonly "~out": GaussianNoiseShape<this["~in"], D>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type GaussianNoiseShape<S, D extends number> =
  S extends ShapeError<string>
    ? S
    : SpreadProblem<"gaussianNoise", D> extends infer M extends string
      ? ShapeError<M>
      : S;

/**
 * Adds normal noise of mean 0 in training; in inference it does nothing.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    two random numbers and about 40 FLOP per element, in training.
 * Errors  a stddev that is below 0 or not finite.
 * Source  Keras GaussianNoise; Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".
 *
 * @example
 * const y = pipe(input([28, 28, 1]), gaussianNoise({ stddev: 0.1 })) // Expr<[28, 28, 1]>
 */
export function gaussianNoise<D extends number>(options: { readonly stddev: D }): GaussianNoise<D> {
  const { stddev } = options;
  return defineLayer({
    name: "gaussianNoise",
    options,
    rule: ([shape = []]) => {
      const problem = spreadProblem("gaussianNoise", stddev);
      return problem === undefined ? E.right(shape) : E.left(problem);
    },
    build: (builder, [x]) => {
      invariant(x, "gaussianNoise has one input");
      if (builder.mode === "inference" || stddev === 0) return x;
      return builder.emit("elementwise", [x, normalNoise(builder, x)], { formula: add(x0, mul(stddev, x1)) });
    },
  });
}

export const gaussianNoiseKeras = {
  kind: "keras",
  word: "gaussianNoise",
  classes: ["GaussianNoise"],
  read: ({ config, inputs, apply }) =>
    apply({ word: "gaussianNoise", options: { stddev: config.number("stddev") }, inputs }),
  write: ({ options, inputs, layer }) =>
    layer({ className: "GaussianNoise", config: { stddev: options["stddev"] }, inputs }),
} satisfies KerasMapping;
