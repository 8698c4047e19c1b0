/** Dropout: a layer of elementwise operators and random numbers, in training only. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { ge, mul, select, x0, x1 } from "../formula/formula.js";
import { E } from "../fp.js";
import { rateProblem, type RateProblem } from "../shape/rate.js";
import type { Shape, ShapeError } from "../shape/shape.js";
import { optionText, shapeText } from "../shape/text.js";
import { given, type KerasMapping } from "./keras.js";

interface DropoutOptions<R> {
  readonly rate: R;
  /** Axes along which all is dropped together are 1, the others null; the batch is the first: `[null, 1, 1, 1]` drops whole examples. */
  readonly noiseShape?: readonly (number | null)[] | undefined;
}

/** The layer that {@link dropout} makes. */
export interface Dropout<R extends number> extends Layer {
  readonly "~out": DropoutShape<this["~in"], R>;
  readonly "~params": NoWeights;
}

/** Types: the shape itself, or the sentence. */
export type DropoutShape<S, R extends number> =
  S extends ShapeError<string> ? S : RateProblem<"dropout", R> extends infer M extends string ? ShapeError<M> : S;

/** A sentence for a noise shape that does not stretch to the input; types do not look at it. */
const noiseProblem = (noise: unknown, shape: Shape): string | undefined => {
  if (noise === undefined) return undefined;
  const axes: readonly unknown[] = Array.isArray(noise) ? noise : [];
  const fits =
    axes.length === shape.length + 1 &&
    axes[0] === null &&
    axes.slice(1).every((axis, place) => axis === null || axis === 1 || axis === shape[place]);
  return fits
    ? undefined
    : `dropout: noiseShape ${optionText(noise).slice(0, 40)} does not stretch to [n, ${shapeText(shape)}]: give null for the batch, then null or 1 for each axis`;
};

/**
 * Drops elements at random in training and scales the others by 1 / (1 - rate); in inference it does nothing.
 *
 * Shape   [a, b, …] -> the same.
 * Params  none; the random numbers follow from the seed, the layer's name and the step.
 * Cost    one random number and one selection per element, in training.
 * Errors  a rate outside [0, 1); a noiseShape that does not stretch to the input.
 * Source  Srivastava et al. 2014, inverted as in Keras, so that inference needs no scaling.
 *
 * @example
 * const y = pipe(input([128]), dropout({ rate: 0.5 })) // Expr<[128]>
 */
export function dropout<R extends number>(options: DropoutOptions<R>): Dropout<R> {
  const { rate, noiseShape } = options;
  return defineLayer({
    name: "dropout",
    options,
    rule: ([shape = []]) => {
      const problem = rateProblem("dropout", rate) ?? noiseProblem(noiseShape, shape);
      return problem === undefined ? E.right(shape) : E.left(problem);
    },
    build: ({ mode, emit, uniform }, [x]) => {
      invariant(x, "dropout has one input");
      if (mode === "inference" || rate === 0) return x;
      // A uniform number in [0, 1) is at least `rate` with probability 1 - rate.
      const formula = select(ge(x1, rate), mul(x0, 1 / (1 - rate)), 0);
      const axes = x.type.shape.map((dim, axis) => (noiseShape?.[axis] === 1 ? 1 : dim));
      return emit("elementwise", [x, uniform({ type: { ...x.type, shape: axes } })], { formula });
    },
  });
}

export const dropoutKeras = {
  kind: "keras",
  word: "dropout",
  classes: ["Dropout"],
  read: ({ config, inputs, apply }) =>
    apply({
      word: "dropout",
      options: given({ rate: config.number("rate"), noiseShape: config.axes("noise_shape") }),
      inputs,
    }),
  write: ({ options, inputs, layer }) =>
    layer({
      className: "Dropout",
      config: { rate: options["rate"], noise_shape: options["noiseShape"] ?? null },
      inputs,
    }),
} satisfies KerasMapping;
