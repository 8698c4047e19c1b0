/** Reads the golden files that Keras wrote (scripts/goldens/README.md) and compares tensors with them. */
import { readFileSync } from "node:fs";
import { decodeSafetensors } from "../../src/io/safetensors.js";
import { orThrow } from "../../src/errors.js";
import type { NdArray } from "../../src/data/nd-array.js";
import { relativeError } from "../support/run-graph.js";
import { goldenInput, goldenLabels, goldenParameter, hashedPlaces } from "./golden-formula.js";
import type { Labels } from "../../src/train/index.js";
import type { Weights } from "../../src/run/initial-weights.js";

interface GoldenParameter {
  /** Keras's layer and weight: `batch_normalization_1/moving_mean`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: string;
  readonly trainable: boolean;
  readonly norm: number;
}

export interface Golden {
  readonly batch: number;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly labels: readonly number[];
  readonly loss: string;
  readonly parameters: readonly GoldenParameter[];
  readonly lossPerStep: readonly number[];
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly norm: number }>>;
  /** What is stored of each tensor: `forward`, `gradient/2`, `hashed/gradient/2`. */
  readonly stored: ReadonlyMap<string, Float32Array>;
}

const fileOf = (name: string, extension: string): URL =>
  new URL(`../fixtures/models/${name}.${extension}`, import.meta.url);

export const readGolden = (name: string): Golden => {
  const document: Omit<Golden, "stored"> = JSON.parse(readFileSync(fileOf(name, "json"), "utf8"));
  const { tensors } = orThrow(decodeSafetensors(readFileSync(fileOf(name, "safetensors")), name));
  const stored = new Map(
    tensors.flatMap((tensor) => (tensor.dtype === "f32" ? [[tensor.name, tensor.data] as const] : [])),
  );
  return { ...document, stored };
};

/** Keras's `batch_normalization_1/moving_mean` as svertka has it: `batchNormalization_1/movingMean`. */
export const nameOfKeras = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The batch on which the golden run trains. */
export const goldenBatch = ({
  batch,
  inputShape,
  classes,
  loss,
}: Golden): { readonly x: NdArray<"f32">; readonly y: Labels } => {
  const labels = goldenLabels(batch, classes);
  const y: NdArray<"f32"> | NdArray<"i32"> =
    loss === "binaryCrossentropy"
      ? { dtype: "f32", shape: [batch, 1], data: Float32Array.from(labels) }
      : { dtype: "i32", shape: [batch], data: Int32Array.from(labels) };
  return { x: goldenInput([batch, ...inputShape]), y };
};

/** The initial weights, by svertka's names, in Keras's order of creation. */
export const goldenWeights = ({ parameters }: Golden): Weights =>
  new Map(parameters.map(({ name, kind, shape }, k) => [nameOfKeras(name), goldenParameter(k, kind, shape)]));

const normOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

/** The largest of the relative errors of a whole tensor against its golden samples and its golden norm. */
export const goldenError = ({ stored, tensors }: Golden, name: string, values: Float32Array): number => {
  const even = stored.get(name) ?? new Float32Array();
  const hashed = stored.get(`hashed/${name}`);
  const norm = tensors[name]?.norm ?? Number.NaN;
  const pick = (places: readonly number[]): Float32Array =>
    Float32Array.from(places, (place) => values[place] ?? Number.NaN);
  const evenPlaces = Array.from(even, (_, j) => Math.floor((j * values.length) / even.length));
  return Math.max(
    relativeError(pick(evenPlaces), even),
    hashed === undefined ? 0 : relativeError(pick(hashedPlaces(hashed.length, values.length)), hashed),
    Math.abs(normOf(values) - norm) / norm,
  );
};
