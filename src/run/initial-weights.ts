/** The first values of weights: a pure function of the seed and each weight's name. */
import { f32, type NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { fansOf, type Initializer } from "../ops/initializers.js";
import { fillTruncatedNormal, fillUniform, foldIn, keyOf, type Key } from "../random/index.js";

/** Weights and states by name. */
export type Weights = ReadonlyMap<string, NdArray<"f32">>;

/** Every weight gets a stream of its own, so that adding a layer leaves the others' values as they were. */
export const initialWeights = (weights: readonly WeightInfo[], seed: number): Weights =>
  new Map(
    weights.map(({ name, shape, initializer }) => [
      name,
      f32(shape, initialValues(initializer, shape, foldIn(keyOf(seed), name))),
    ]),
  );

const initialValues = (initializer: Initializer, shape: readonly number[], key: Key): Float32Array => {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  switch (initializer.kind) {
    case "zeros":
      return values;
    case "ones":
      return values.fill(1);
    case "constant":
      return values.fill(initializer.value);
    case "varianceScaling":
      return fillScaled(values, initializer, shape, key);
  }
};

/** The standard deviation of a normal distribution that is cut at ±2σ, in units of σ: Keras divides by it. */
const truncatedDeviation = 0.87962566103423978;

const fillScaled = (
  values: Float32Array,
  { scale, mode, distribution }: Extract<Initializer, { kind: "varianceScaling" }>,
  shape: readonly number[],
  key: Key,
): Float32Array => {
  const { fanIn, fanOut } = fansOf(shape);
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === "truncatedNormal") {
    fillTruncatedNormal(values, key, { standardDeviation: Math.sqrt(variance) / truncatedDeviation });
    return values;
  }
  const limit = Math.sqrt(3 * variance);
  fillUniform(values, key);
  return values.map((value) => (2 * value - 1) * limit);
};
