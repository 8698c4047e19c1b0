/** Seeded batches and weights for random networks. */
import { f32, i32, type NdArray } from "../../src/data/nd-array.js";
import type { WeightInfo } from "../../src/dsl/to-graph.js";
import { fillNormal, fillUniform, foldIn, keyOf } from "../../src/random/index.js";
import type { Weights } from "../../src/run/initial-weights.js";
import type { RandomNet, Recipe } from "./random-net.js";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const normal = (shape: readonly number[], seed: number, name: string, scale = 1): NdArray<"f32"> => {
  const data = new Float32Array(sizeOf(shape));
  fillNormal(data, foldIn(keyOf(seed), name), { standardDeviation: scale });
  return f32(shape, data);
};

const uniform = (shape: readonly number[], seed: number, name: string): Float32Array => {
  const data = new Float32Array(sizeOf(shape));
  fillUniform(data, foldIn(keyOf(seed), name));
  return data;
};

export interface RandomBatch {
  readonly x: Readonly<Record<string, NdArray<"f32">>>;
  readonly y: NdArray<"f32"> | NdArray<"i32">;
}

export const randomBatch = ({ inputs, classes, outputSize }: RandomNet, { batch, seed }: Recipe): RandomBatch => {
  const x = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, normal([batch, ...shape], seed, name)]),
  );
  const y =
    classes === undefined
      ? f32([batch, outputSize], uniform([batch, outputSize], seed, "labels"))
      : i32(
          [batch],
          Int32Array.from(uniform([batch], seed, "labels"), (value) => Math.floor(value * classes)),
        );
  return { x, y };
};

/** Nothing begins with zeros or ones: a beta of 0 would put rounding errors on relu's kink. Variances are positive. */
export const randomWeights = (infos: readonly WeightInfo[], seed: number): Weights =>
  new Map(
    infos.map(({ name, shape }) => {
      const positive = name.endsWith("movingVariance") || name.endsWith("gamma");
      const values = positive
        ? f32(
            shape,
            uniform(shape, seed, name).map((value) => 0.5 + value),
          )
        : normal(shape, seed, name, name.endsWith("kernel") ? 1 / Math.sqrt(sizeOf(shape.slice(0, -1))) : 0.3);
      return [name, values];
    }),
  );
