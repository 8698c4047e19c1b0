/** The first values of weights: a pure function of the seed and each weight's name. */
import { f32, type NdArray } from "../data/nd-array.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { fansOf, type Initializer } from "../ops/initializers.js";
import { fillNormal, fillTruncatedNormal, fillUniform, foldIn, keyOf, type Key } from "../random/index.js";
import { orthogonalMatrix } from "./orthogonal.js";

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
    case "randomUniform":
      return fillBetween(values, initializer, key);
    case "randomNormal":
      fillNormal(values, key, { mean: initializer.mean, standardDeviation: initializer.stddev });
      return values;
    case "truncatedNormal":
      fillTruncatedNormal(values, key, { mean: initializer.mean, standardDeviation: initializer.stddev });
      return values;
    case "varianceScaling":
      return fillScaled(values, initializer, shape, key);
    case "orthogonal": {
      const columns = shape.at(-1) ?? 1;
      return orthogonalMatrix(values.length / columns, columns, { key, gain: initializer.gain });
    }
    case "fromArray":
      values.set(initializer.values);
      return values;
  }
};

/** Uniform in [minval, maxval). */
const fillBetween = (
  values: Float32Array,
  { minval, maxval }: { readonly minval: number; readonly maxval: number },
  key: Key,
): Float32Array => {
  fillUniform(values, key);
  return values.map((value) => minval + value * (maxval - minval));
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
  const standardDeviation = Math.sqrt(scale / Math.max(1, fan));
  switch (distribution) {
    case "truncatedNormal":
      fillTruncatedNormal(values, key, { standardDeviation: standardDeviation / truncatedDeviation });
      return values;
    case "untruncatedNormal":
      fillNormal(values, key, { standardDeviation });
      return values;
    case "uniform": {
      const limit = Math.sqrt(3) * standardDeviation;
      return fillBetween(values, { minval: -limit, maxval: limit }, key);
    }
  }
};
