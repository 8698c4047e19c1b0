/** Options of poolings, resizings and borders that no compiler has seen, absurd sizes, and inputs of unknown size. */
import { describe, expect, test } from "vitest";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { isPoisoned } from "../../src/shape/shape.js";
import * as words from "../types/vocabulary.js";

type Apply = (x: AnyExpr) => AnyExpr;
const vocabulary: Readonly<Record<string, unknown>> = words;

const shapeAfter = (shape: readonly (number | null)[], word: string, options?: object): AnyExpr["shape"] => {
  const made = vocabulary[word] as Apply & ((options: object) => Apply); // sound: a word of the DSL, with or without options
  return (options === undefined ? made : made(options))(words.input(shape)).shape;
};
const sentence = (...call: Parameters<typeof shapeAfter>): string => {
  const shape = shapeAfter(...call);
  return isPoisoned(shape) ? shape.error : `no sentence, but ${shape.join("x")}`;
};

describe("a sentence about", () => {
  test.each([
    { shape: [8, 2], word: "maxPool1d", options: { poolSize: [2] }, says: "maxPool1d: poolSize [2] is no size" },
    {
      shape: [8, 2],
      word: "avgPool1d",
      options: { padding: "causal" },
      says: "avgPool1d: padding 'causal' is no size",
    },
    { shape: [8, 2], word: "sumPool1d", options: { padding: [1, [1, 1]] }, says: "padding [1, [1, 1]] is no size" },
    {
      shape: [8, 8, 2],
      word: "maxPool1d",
      options: {},
      says: "expected a 2-D input [steps, channels], got a 3-D input",
    },
    { shape: [8, 8, 2], word: "globalMaxPool3d", says: "expected a 4-D input [depth, height, width, channels]" },
    { shape: [4, 4, 4, 2], word: "maxPool3d", options: { poolSize: [2, 2] }, says: "poolSize [2, 2] is no size" },
    { shape: [4, 4, 4, 2], word: "maxPool3d", options: { poolSize: 5 }, says: "pool 5x5x5 does not fit input 4x4x4" },
    { shape: [4, 4, 4, 2], word: "avgPool3d", options: { padding: 2 }, says: "or zeroPadding3d before it" },
    { shape: [8, 8, 2], word: "sumPool2d", options: { strides: 0.5 }, says: "sumPool2d: strides 0.5 is no size" },
    { shape: [8, 8, 2], word: "adaptiveAvgPool2d", options: { outputSize: 0 }, says: "outputSize 0 is no size" },
    { shape: [8, 8, 2], word: "adaptiveMaxPool2d", options: {}, says: "outputSize undefined is no size" },
    { shape: [8, 2], word: "upSampling1d", options: { size: -1 }, says: "upSampling1d: size -1 is no size" },
    { shape: [8, 8, 2], word: "upSampling2d", options: { size: 1e9 }, says: "size 1000000000 is no size" },
    { shape: [8, 8, 2], word: "upSampling2d", options: { size: 1e4 }, says: "has more than 999999999 elements" },
    {
      shape: [8, 8, 2],
      word: "upSampling2d",
      options: { interpolation: "bicubic" },
      says: "interpolation 'bicubic' is unknown: use 'nearest' or 'bilinear'",
    },
    { shape: [8, 2], word: "zeroPadding1d", options: { padding: [1, 2, 3] }, says: "padding [1, 2, 3] is no size" },
    {
      shape: [8, 2],
      word: "cropping1d",
      options: { cropping: [4, 4] },
      says: "leaves nothing of input 8: crop at most 7",
    },
    { shape: [3, 3, 3, 2], word: "cropping3d", options: { cropping: 2 }, says: "leaves nothing of input 3x3x3" },
    { shape: [8, 8, 2], word: "cropping2d", options: { cropping: -1 }, says: "cropping -1 is no size" },
    {
      shape: [8, 8, 2],
      word: "dropout",
      options: { rate: 0.5, noiseShape: [null, 1, 1] },
      says: "dropout: noiseShape [null, 1, 1] does not stretch to [n, 8x8x2]",
    },
    { shape: [8, 2], word: "dropout", options: { rate: 0.5, noiseShape: 3 }, says: "noiseShape 3 does not stretch" },
    { shape: [8, 8, 2], word: "randomFlip", options: { mode: "across" }, says: "randomFlip: mode 'across' is none" },
    {
      shape: [8, 8, 2],
      word: "randomRotation",
      options: {},
      says: "randomRotation: factor undefined is not in [-1, 1]",
    },
    { shape: [8, 8, 2], word: "randomZoom", options: { heightFactor: [0, NaN] }, says: "[0, NaN] is not in (-1, 1]" },
    {
      shape: [8, 8, 2],
      word: "randomShear",
      options: { fillMode: "zeros" },
      says: "randomShear: fillMode 'zeros' is none: use constant, nearest, reflect, wrap",
    },
    {
      shape: [8, 8, 2],
      word: "randomTranslation",
      options: { heightFactor: 0, widthFactor: 0, interpolation: "cubic" },
      says: "interpolation 'cubic' is none: use nearest or bilinear",
    },
    { shape: [8, 8, 2], word: "randomBrightness", options: { factor: 0, valueRange: 1 }, says: "valueRange 1 is none" },
    {
      shape: [8, 8, 3],
      word: "randomHue",
      options: { factor: 0, valueRange: [1, 0] },
      says: "valueRange [1, 0] is none",
    },
    {
      shape: [8, 8, 2],
      word: "randomErasing",
      options: { fillValue: [1] },
      says: "fillValue [1] does not fill 2 channels",
    },
    { shape: [8, 8, 2], word: "centerCrop", options: { height: 9, width: 1 }, says: "9x1 does not fit into 8x8" },
    { shape: [8, 8, 2], word: "permute", options: { dims: "12" }, says: "permute: dims '12' is no order" },
    { shape: [8, 8, 2], word: "permute", options: { dims: [1, 2] }, says: "use each of 1 to 3 once" },
  ])("$word $options", ({ shape, word, options, says }) => {
    expect(sentence(shape, word, options)).toContain(says);
  });
});

describe("an unknown size", () => {
  test.each([
    { shape: [null, 4], word: "globalMaxPool1d", gives: [4] },
    { shape: [null, null, 4], word: "globalMaxPool2d", gives: [4] },
    { shape: [null, 5, null, 4], word: "globalAvgPool3d", gives: [4] },
    { shape: [null, null, 4], word: "flatten", gives: [null] },
    { shape: [null, 9, 4], word: "maxPool2d", options: { strict: true, poolSize: 3 }, gives: [null, 3, 4] },
    { shape: [null, 9, 4], word: "adaptiveMaxPool2d", options: { outputSize: [2, 3] }, gives: [2, 3, 4] },
    { shape: [null, 9, null], word: "upSampling2d", options: {}, gives: [null, 18, null] },
    { shape: [null, 9, 4], word: "cropping2d", options: { cropping: 3 }, gives: [null, 3, 4] },
    { shape: [null, 4], word: "zeroPadding1d", options: { padding: [2, 0] }, gives: [null, 4] },
    { shape: [null, 6, 4], word: "permute", options: { dims: [3, 1, 2] }, gives: [4, null, 6] },
    { shape: [null, 6, 4], word: "reshape", options: { targetShape: [-1, 4] }, gives: [null, 4] },
    { shape: [5, 6, 4], word: "reshape", options: { targetShape: [10, -1] }, gives: [10, 12] },
  ])("$word of $shape", ({ shape, word, options, gives }) => {
    expect(shapeAfter(shape, word, options)).toEqual(gives);
  });
});
