/** Maxout: a layer of a reshape and a reduction. */
import { defineLayer, type Layer } from "../dsl/layer.js";
import type { NoWeights } from "../dsl/layer-weights.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Differ, Mod } from "../shape/nat.js";
import { isPoisoned, type Dim, type Shape, type ShapeError } from "../shape/shape.js";
import { sizeProblem, type SizeProblem } from "../shape/size.js";
import { dimText, type DimText } from "../shape/text.js";
import { lastAxisShape, type LastAxisShape } from "./activation-layer.js";
import { lastAxis } from "./image-axes.js";
import { only, type KerasMapping } from "./keras.js";

/** The layer that {@link maxout} makes. */
export interface Maxout<U extends number> extends Layer {
  readonly "~out": MaxoutShape<this["~in"], U>;
  readonly "~params": NoWeights;
}

const notDivisible = <C extends string, U extends string>(c: C, u: U) =>
  `maxout: ${c} channels are not divisible by units ${u}: use units that divide them, or a multiple of ${u} filters before it` as const;

/** Types: [a, …, units], or the sentence. */
export type MaxoutShape<S, U> = S extends readonly [...infer Axes, infer C]
  ? SizeProblem<"maxout", "units", U> extends infer M extends string
    ? ShapeError<M>
    : Differ<Mod<C, U>, 0> extends true
      ? ShapeError<ReturnType<typeof notDivisible<DimText<C>, DimText<U>>>>
      : [...Axes, U]
  : S extends readonly []
    ? LastAxisShape<"maxout", S>
    : S extends ShapeError<string>
      ? S
      : Shape;
/** Run-time twin of {@link MaxoutShape}. */
const maxoutShape = (units: number, shape: Shape): Either<string, Shape> => {
  if (isPoisoned(shape)) return E.left(shape.error);
  if (shape.length === 0) return lastAxisShape("maxout")(shape);
  const problem = sizeProblem("maxout", { name: "units", value: units });
  if (problem !== undefined) return E.left(problem);
  const channels: Dim = shape.at(-1) ?? null;
  return channels !== null && channels % units !== 0
    ? E.left(notDivisible(dimText(channels), dimText(units)))
    : E.right([...shape.slice(0, -1), units]);
};

/**
 * The largest of each group of neighbouring channels: a convex activation that the layer before it learns.
 *
 * Shape   [a, …, c] -> [a, …, units]; each unit is the maximum of c / units channels.
 * Params  none.
 * Cost    one comparison per element.
 * Errors  units that are no size, or do not divide the channels; an input without axes.
 * Source  Goodfellow et al. 2013 (arXiv:1302.4389); TensorFlow Addons Maxout (num_units), which takes neighbours as here;
 *         Keras has none.
 *
 * @example
 * const y = pipe(input([28, 28, 1]), conv2d({ filters: 64, kernelSize: 3 }), maxout({ units: 32 })) // Expr<[26, 26, 32]>
 */
export function maxout<U extends number>(options: { readonly units: U }): Maxout<U> {
  const { units } = options;
  return defineLayer({
    name: "maxout",
    options,
    rule: ([shape = []]) => maxoutShape(units, shape),
    build: ({ emit }, [x]) => {
      invariant(x, "maxout has one input");
      const axes = x.type.shape.slice(0, -1);
      const pieces = emit("reshape", [x], { shape: [...axes, units, lastAxis(x) / units] });
      return emit("reduceMax", [pieces], { axes: [axes.length + 1], keepDims: false });
    },
  });
}

export const maxoutKeras = {
  kind: "keras",
  word: "maxout",
  classes: [],
  write: ({ inputs, shape, layer, operation, refuse }) => {
    const x = only(inputs);
    const [channels, units] = [x.shape.at(-1), shape.at(-1)];
    const pieces = [...shape, Number(channels) / Number(units)];
    if (x.shape.includes(null)) refuse("its input has unknown axes: give input(...) numbers");
    const split = layer({
      className: "Reshape",
      config: { target_shape: pieces },
      inputs,
      shape: pieces,
      part: "pieces",
    });
    return operation({
      module: "keras.src.ops.numpy",
      className: "Max",
      config: { axis: -1, keepdims: false },
      arguments: [split],
    });
  },
  note: "written as `Reshape` and `keras.ops.max`",
} satisfies KerasMapping;
