/** Reads the fixtures of scripts/goldens/make_training.py, and makes what they name. */
import { readFileSync } from "node:fs";
import { orThrow } from "../../src/errors.js";
import { f32, i32, type NdArray } from "../../src/data/nd-array.js";
import { optimizerNamed, scheduleNamed, type NamedOptions } from "../../src/train/by-name.js";
import type { Optimizer } from "../../src/train/optimizers/index.js";

export interface RawTensor {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** The cases of a fixture, and what they have in common. */
export const readTraining = <Case, Common = unknown>(name: string): Common & { readonly cases: readonly Case[] } =>
  JSON.parse(readFileSync(new URL(`../fixtures/training/${name}.json`, import.meta.url), "utf8"));

/** Nine digits are read back as the float32 that they stand for. */
export const numbersOf = ({ dtype, data }: RawTensor): readonly number[] =>
  data.map((value) => (dtype === "f32" ? Math.fround(Number(value)) : Number(value)));

export const arrayOf = (raw: RawTensor): NdArray<"f32"> | NdArray<"i32"> =>
  raw.dtype === "i32"
    ? i32(raw.shape, Int32Array.from(numbersOf(raw)))
    : f32(raw.shape, Float32Array.from(numbersOf(raw)));

export const floatsOf = (raw: RawTensor): NdArray<"f32"> => f32(raw.shape, Float32Array.from(numbersOf(raw)));

const isNamedSchedule = (value: unknown): value is { readonly schedule: string; readonly options: NamedOptions } =>
  typeof value === "object" && value !== null && "schedule" in value;

/** A learning rate may be `{ schedule, options }`. */
export const fixtureOptimizer = (name: string, options: NamedOptions): Optimizer => {
  const { learningRate } = options;
  const made = isNamedSchedule(learningRate)
    ? orThrow(scheduleNamed(learningRate.schedule, learningRate.options))
    : learningRate;
  return orThrow(optimizerNamed(name, made === undefined ? options : { ...options, learningRate: made }));
};
