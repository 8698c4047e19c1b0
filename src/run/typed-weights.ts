/** Weights of a model whose names and shapes types know. */
import { fail, orThrow, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { sizeOf } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import { nearestName, type NearestName } from "../dsl/nearest-name.js";
import type { AnyParams, Params } from "../dsl/params.js";
import { outlineOf } from "./inference-graph.js";
import type { Weights } from "./initial-weights.js";
import { checkWeights } from "./weight-store.js";

/** Weights by name with the shapes that P says: `TypedWeights<Params<typeof net>>`. */
export interface TypedWeights<P = AnyParams> extends Weights {
  /** Exists only as a type. */
  readonly "~params"?: P | undefined;
}

/** An array of float32 whose shape types know. */
export interface ShapedArray<S> {
  readonly dtype: "f32";
  readonly shape: S;
  readonly data: Float32Array;
}

const unknownWeight = <Name extends string, Nearest extends string>(name: Name, nearest: Nearest) =>
  `weights: '${name}' is no weight of this model: perhaps '${nearest}' is meant` as const;

/** The name, if the model has it or types cannot judge; else the sentence, which no name is. */
type NameIn<P, Name extends string> = unknown extends P
  ? Name
  : string extends keyof P | Name
    ? Name
    : Name extends keyof P
      ? Name
      : ReturnType<typeof unknownWeight<Name, NearestName<Name, keyof P & string>>>;
type ShapeAt<P, Name> = Name extends keyof P ? P[Name] : readonly number[];

const wrongShape = <Name extends string, Given extends string, Needed extends string>(
  name: Name,
  given: Given,
  needed: Needed,
) => `weights: '${name}' is [${needed}], and the array is [${given}]: give an array of the weight's shape` as const;

/** `unknown` for the shape that is needed, or one that types do not know; else the sentence. */
type SameShapeAs<Name extends string, S extends readonly number[], Needed> = number extends S["length"] | S[number]
  ? unknown
  : Needed extends readonly number[]
    ? [...S] extends Needed
      ? unknown
      : ReturnType<typeof wrongShape<Name, Listed<S>, Listed<Needed>>>
    : unknown;
type Listed<S extends readonly number[], Text extends string = ""> = S extends readonly [
  infer A extends number,
  ...infer Rest extends readonly number[],
]
  ? Listed<Rest, Text extends "" ? `${A}` : `${Text}, ${A}`>
  : Text;

const shapeOfWeight = (weights: Weights, name: string): Either<SvertkaError, ShapedArray<readonly number[]>> => {
  const array = weights.get(name);
  if (array !== undefined) return E.right(array);
  const nearest = nearestName(name, [...weights.keys()]);
  return fail(
    "BadModel",
    name,
    nearest === undefined ? `weights: '${name}' is no weight of this model: it has none` : unknownWeight(name, nearest),
  );
};

/**
 * The weights as those of the model, or what does not fit: one that is missing, has another shape or is no weight of it.
 *
 * @example
 * const weights = orThrow(typedWeights(net, await trainer.weights()))
 * const kernel = get(weights, "stem/conv2d/kernel") // ShapedArray<[3, 3, 1, 64]>
 */
export const typedWeights = <M extends Model<unknown, unknown>>(
  net: M,
  weights: Weights,
): Either<SvertkaError, TypedWeights<Params<M>>> =>
  pipe(
    outlineOf(net),
    E.flatMap((outline) => checkWeights(outline.weights, weights, "weights")),
  );

/**
 * A weight by its path. A name that the model does not have is a type error where types know the names; elsewhere it throws.
 *
 * @example
 * const kernel = get(weights, "conv2d/kernel") // ShapedArray<[3, 3, 1, 64]>
 */
export const get = <P, const Name extends string>(
  weights: TypedWeights<P>,
  name: NameIn<P, Name>,
): ShapedArray<ShapeAt<P, Name>> =>
  // Sound where the weights are those of the model, which typedWeights checks.
  orThrow(shapeOfWeight(weights, name)) as unknown as ShapedArray<ShapeAt<P, Name>>;

/**
 * The same weights with another array in one's place. A shape that types know is checked by types, any other when it runs.
 *
 * @example
 * const zeroed = set(weights, "dense/bias", f32([10], new Float32Array(10)))
 */
export const set = <P, const Name extends string, const S extends readonly number[]>(
  weights: TypedWeights<P>,
  name: NameIn<P, Name>,
  array: ShapedArray<S> & { readonly shape: SameShapeAs<Name, S, ShapeAt<P, Name>> },
): Either<SvertkaError, TypedWeights<P>> => {
  const { shape, data }: ShapedArray<readonly number[]> = array;
  return pipe(
    shapeOfWeight(weights, name),
    E.flatMap((now) => {
      if (now.shape.join() !== shape.join())
        return fail("BadModel", name, wrongShape(name, shape.join(", "), now.shape.join(", ")));
      if (data.length !== sizeOf(shape))
        return fail(
          "BadModel",
          name,
          `weights: '${name}' has ${sizeOf(shape)} numbers, and the array ${data.length}: give all of them`,
        );
      return E.right(new Map([...weights, [name, { dtype: "f32" as const, shape, data }]]));
    }),
  );
};
