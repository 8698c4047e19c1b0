/** Axes in another order: the layer; its operator is transpose. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { permutedShape, type PermutedShape } from "../shape/permutation.js";
import type { KerasMapping } from "./keras.js";

/** The layer that {@link permute} makes. */
export interface Permute<T extends readonly number[]> extends Layer {
  readonly "~out": PermutedShape<this["~in"], T>;
  readonly "~params": NoWeights;
}

/**
 * The axes of an example in another order; they are counted from 1, and the batch axis stays.
 *
 * Shape   [a, b, …] -> axis i is the input's axis dims[i].
 * Params  none.
 * Cost    none but the copy.
 * Errors  dims that do not name each axis once.
 * Source  Keras Permute.
 *
 * @example
 * const y = pipe(input([3, 28, 32]), permute({ dims: [2, 3, 1] })) // Expr<[28, 32, 3]>
 */
export function permute<const T extends readonly number[]>(options: { readonly dims: T }): Permute<T> {
  const { dims } = options;
  return defineLayer({
    name: "permute",
    options,
    rule: ([shape = []]) => permutedShape(shape, dims),
    build: ({ emit }, [x]) => {
      invariant(x, "permute has one input");
      return emit("transpose", [x], { permutation: [0, ...dims] });
    },
  });
}

export const permuteKeras = {
  kind: "keras",
  word: "permute",
  classes: ["Permute"],
  read: ({ config, inputs, apply }) => apply({ word: "permute", options: { dims: config.axes("dims") ?? [] }, inputs }),
  write: ({ options, inputs, layer }) => layer({ className: "Permute", config: { dims: options["dims"] }, inputs }),
} satisfies KerasMapping;
