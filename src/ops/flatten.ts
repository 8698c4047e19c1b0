/** All axes of an example as one: the layer; its operator is reshape. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { tooMany, volume, type TooMany, type Volume } from "../shape/volume.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import type { KerasMapping } from "./keras.js";

/** The type of {@link flatten}. */
export interface Flatten extends Layer {
  readonly "~out": FlattenShape<this["~in"]>;
  readonly "~params": NoWeights;
}

/** Types: the output's shape, or the sentence. */
export type FlattenShape<S> =
  S extends ShapeError<string>
    ? S
    : Volume<S> extends infer V
      ? [V] extends ["many"]
        ? ShapeError<TooMany<"flatten", S>>
        : [V]
      : never;
/** Run-time twin of {@link FlattenShape}. */
const flattenShape = (shape: Shape): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  const size = volume(shape);
  return size === "many" ? E.left(tooMany("flatten", shape)) : E.right([size]);
};

/**
 * All axes of an example as one, in row-major order.
 *
 * Shape   [a, b, …] -> [a · b · …]; unknown when an axis is.
 * Params  none.
 * Cost    none: the data stay where they are.
 * Errors  more than 999,999,999 elements.
 * Source  Keras Flatten.
 *
 * @example
 * const y = pipe(input([7, 7, 64]), flatten) // Expr<[3136]>
 */
export const flatten: Flatten = defineLayer({
  name: "flatten",
  options: {},
  rule: ([shape = []]) => flattenShape(shape),
  build: ({ emit }, [x]) => {
    invariant(x, "flatten has one input");
    const size = x.type.shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
    return emit("reshape", [x], { shape: ["n", size] });
  },
});
// --- operator ---

export const flattenKeras = {
  kind: "keras",
  word: "flatten",
  classes: ["Flatten"],
  read: ({ config, inputs, apply }) => {
    config.channelsLast();
    return apply({ word: "flatten", inputs });
  },
  write: ({ inputs, layer }) => layer({ className: "Flatten", config: { data_format: "channels_last" }, inputs }),
} satisfies KerasMapping;
