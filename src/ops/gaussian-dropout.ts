/** Multiplicative noise: a layer of elementwise operators and random numbers, in training only. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { add, mul, x0, x1 } from "../formula/formula.js";
import { E } from "../fp.js";
import { rateProblem, type RateProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";
import { normalNoise } from "./normal-noise.js";
import { rateKeras } from "./keras-rate.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link gaussianDropout} makes. */
export interface GaussianDropout<R extends number> extends Layer {
  readonly "~out": GaussianDropoutShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type GaussianDropoutShape<S, R extends number> =
  S extends ShapeError<string>
    ? S
    : RateProblem<"gaussianDropout", R> extends infer M extends string
      ? ShapeError<M>
      : S;

/**
 * Multiplies by normal noise of mean 1 and deviation √(rate / (1 - rate)) in training, which has the mean and the
 * variance of dropout with that rate; in inference it does nothing.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    two random numbers and about 40 FLOP per element, in training.
 * Errors  a rate outside [0, 1).
 * Source  Srivastava et al. 2014 §10; Keras GaussianDropout.
 *
 * @example
 * const y = pipe(input([128]), gaussianDropout({ rate: 0.2 })) // Expr<[128]>
 */
export function gaussianDropout<R extends number>(options: { readonly rate: R }): GaussianDropout<R> {
  const { rate } = options;
  return defineLayer({
    name: "gaussianDropout",
    options,
    rule: ([shape = []]) => {
      const problem = rateProblem("gaussianDropout", rate);
      return problem === undefined ? E.right(shape) : E.left(problem);
    },
    build: (builder, [x]) => {
      invariant(x, "gaussianDropout has one input");
      if (builder.mode === "inference" || rate === 0) return x;
      const formula = mul(x0, add(1, mul(Math.sqrt(rate / (1 - rate)), x1)));
      return builder.emit("elementwise", [x, normalNoise(builder, x)], { formula });
    },
  });
}

export const gaussianDropoutKeras = rateKeras("gaussianDropout", "GaussianDropout") satisfies KerasMapping;
