/** The remedies for shapes that do not merge: the numbers of each are those that make the shapes agree. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { E } from "../../src/fp.js";
import { mergeShapes } from "../../src/shape/merge.js";
import type { Shape } from "../../src/shape/shape.js";
import * as words from "../types/vocabulary.js";
import type { AnyExpr } from "../../src/dsl/expr.js";

type Apply = (x: AnyExpr) => AnyExpr;
const vocabulary: Readonly<Record<string, unknown>> = words;

/** The shape after the layer that a remedy names, with its numbers. */
const mended = (shape: Shape, word: string, options: object): Shape => {
  const make = vocabulary[word] as (options: object) => Apply; // sound: remedies name words of the DSL
  return make(options)(words.input(shape)).shape;
};

const size = fc.integer({ min: 1, max: 40 });
const shapes = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const axes = fc.array(size, { minLength: rank, maxLength: rank });
  return fc.tuple(axes, axes, size);
});
const problem = (a: Shape, b: Shape): string => {
  const merged = mergeShapes("add", a, b);
  return E.isLeft(merged) ? merged.left : "";
};
const axisOf = (sentence: string): string | undefined => /differ in ([a-z]+( \d)?),/.exec(sentence)?.[1];

test("cropping the larger, padding the smaller or up-sampling it makes the axis agree", () => {
  fc.assert(
    fc.property(shapes, ([first, second, channels]) => {
      const [a, b] = [
        [...first, channels],
        [...second, channels],
      ];
      const sentence = problem(a, b);
      if (sentence === "") return;
      const crop = /(cropping\dd)\(\{ cropping: (.*) \}\) on the (first|second) or (zeroPadding\dd) of as much/.exec(
        sentence,
      );
      const grow = /(upSampling\dd)\(\{ size: (.*) \}\) on the (first|second)$/.exec(sentence);
      const [, word = "", numbers = "", place] = crop ?? grow ?? [];
      const value: unknown = JSON.parse(numbers);
      const on = (layer: string, options: object, where: string | undefined): string =>
        where === "first" ? problem(mended(a, layer, options), b) : problem(a, mended(b, layer, options));
      if (grow !== null) {
        expect(on(word, { size: value }, place)).toBe("");
        return;
      }
      expect(axisOf(on(word, { cropping: value }, place))).not.toBe(axisOf(sentence));
      const other = place === "first" ? "second" : "first";
      expect(axisOf(on(crop?.[4] ?? "", { padding: value }, other))).not.toBe(axisOf(sentence));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  { a: [28, 28, 64], b: [26, 26, 64], says: "cropping2d({ cropping: 1 }) on the first or zeroPadding2d" },
  { a: [56, 56, 64], b: [64, 64, 64], says: "cropping2d({ cropping: 4 }) on the second or zeroPadding2d" },
  { a: [28, 27, 8], b: [27, 27, 8], says: "cropping2d({ cropping: [[0, 1], [0, 0]] }) on the first" },
  { a: [14, 14, 8], b: [28, 28, 8], says: "use equal strides in both, or upSampling2d({ size: 2 }) on the first" },
  { a: [14, 14, 8], b: [14, 42, 8], says: "upSampling2d({ size: [1, 3] }) on the first" },
  { a: [9, 4], b: [6, 4], says: "cropping1d({ cropping: [1, 2] }) on the first" },
  { a: [4, 8, 8, 2], b: [4, 8, 5, 2], says: "cropping3d({ cropping: [[0, 0], [0, 0], [1, 2]] }) on the first" },
  { a: [28, 28, 64], b: [28, 28, 32], says: "conv2d({ filters: 64, kernelSize: 1 }) on the second" },
  { a: [64], b: [10], says: "dense({ units: 64 }) on the second" },
  { a: [null, 28, 64], b: [null, 26, 64], says: "cropping2d({ cropping: [0, 1] }) on the first" },
])("$a and $b: $says", ({ a, b, says }) => {
  expect(problem(a, b)).toContain(says);
});
