/** Dropout: a layer of elementwise operators and random numbers, in training only. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { ge, mul, select, x0, x1 } from "../formula/formula.js";
import { E } from "../fp.js";
import { rateProblem, type RateProblem } from "../shape/rate.js";
import type { ShapeError } from "../shape/shape.js";

/** The layer that {@link dropout} makes. */
export interface Dropout<R extends number> extends Layer {
  readonly "~out": DropoutShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type DropoutShape<S, R extends number> =
  S extends ShapeError<string> ? S : RateProblem<"dropout", R> extends infer M extends string ? ShapeError<M> : S;

/**
 * Drops elements at random in training and scales the others by 1 / (1 - rate); in inference it does nothing.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    one random number and one selection per element, in training.
 * Errors  a rate outside [0, 1).
 * Source  Srivastava et al. 2014, inverted as in Keras, so that inference needs no scaling.
 *
 * @example
 * const y = pipe(input([128]), dropout({ rate: 0.5 })) // Expr<[128]>
 */
export function dropout<R extends number>(options: { readonly rate: R }): Dropout<R> {
  const { rate } = options;
  return defineLayer({
    name: "dropout",
    options,
    rule: ([shape = []]) => {
      const problem = rateProblem("dropout", rate);
      return problem === undefined ? E.right(shape) : E.left(problem);
    },
    build: ({ mode, emit, uniform }, [x]) => {
      invariant(x, "dropout has one input");
      if (mode === "inference" || rate === 0) return x;
      // A uniform number in [0, 1) is at least `rate` with probability 1 - rate.
      const formula = select(ge(x1, rate), mul(x0, 1 / (1 - rate)), 0);
      return emit("elementwise", [x, uniform(x)], { formula });
    },
  });
}
// --- operator ---
