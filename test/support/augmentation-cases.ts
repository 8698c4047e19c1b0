/** The cases of test/fixtures/augmentation.json: pictures, random numbers and what Keras's layer made of them. */
import { readFileSync } from "node:fs";
import type { Factor } from "../../src/shape/factor.js";
import type { FlipMode } from "../../src/shape/flip.js";
import type { SamplingOptions } from "../../src/shape/sampling.js";
import type { ValueRange } from "../../src/shape/value-range.js";
import { u } from "../models/golden-formula.js";

interface CaseOptions extends SamplingOptions {
  readonly mode?: FlipMode;
  readonly factor?: Factor;
  readonly heightFactor?: Factor;
  readonly widthFactor?: Factor;
  readonly xFactor?: Factor;
  readonly yFactor?: Factor;
  readonly height?: number;
  readonly width?: number;
  readonly scale?: Factor;
  readonly valueRange?: ValueRange;
}

export interface AugmentationCase {
  readonly layer: string;
  readonly options: Omit<CaseOptions, "fillValue"> & { readonly fillValue?: number };
  /** Of the pictures: element i of all of them is u(seed, i) · scale. */
  readonly seed: number;
  readonly scale: number;
  readonly shape: readonly number[];
  /** `draws[j][i]` is draw j of picture i. */
  readonly draws: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly output: readonly number[];
  readonly labels?: readonly number[];
}

const fixture: { readonly count: number; readonly cases: readonly AugmentationCase[] } = JSON.parse(
  readFileSync(new URL("../fixtures/augmentation.json", import.meta.url), "utf8"),
);

export const augmentationCount = fixture.count;
export const augmentationCases = fixture.cases;

/** All pictures of a case. */
export const picturesOf = ({ seed, scale, shape }: AugmentationCase): Float32Array =>
  Float32Array.from({ length: fixture.count * shape.reduce((a, b) => a * b, 1) }, (_, i) => u(seed, i) * scale);

export const pictureOf = (
  one: AugmentationCase,
  index: number,
): { readonly data: Float32Array; readonly height: number; readonly width: number; readonly channels: number } => {
  const [height = 0, width = 0, channels = 0] = one.shape;
  const size = height * width * channels;
  return { data: picturesOf(one).slice(index * size, (index + 1) * size), height, width, channels };
};

/** The random numbers of one picture. */
export const drawsOf = ({ draws }: AugmentationCase, index: number): readonly number[] =>
  draws.map((ofAll) => ofAll[index] ?? 0);
