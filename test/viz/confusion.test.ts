/** Confusion matrices and mistakes: counts against scikit-learn's, order by sureness, and what is refused. */
import { describe, expect, test } from "vitest";
import { f32, i32, type NdArray } from "../../src/data/index.js";
import { orThrow, render, type SvertkaError } from "../../src/errors.js";
import { E, type Either } from "../../src/fp.js";
import { asProbabilities, fromLogits } from "../../src/viz/probabilities.js";
import { confusionMatrix, misclassified } from "../../src/viz/index.js";

const errorOf = (result: Either<SvertkaError, unknown>): string =>
  E.isLeft(result) ? `${result.left.tag}: ${render(result.left)}` : "no error";
const numbers = (...values: readonly number[]): NdArray<"i32"> => i32([values.length], Int32Array.from(values));

/** Counts by place, of the cells that have one. */
const cells = (svg: string): readonly string[] =>
  [...svg.matchAll(/text-anchor="middle" fill="#[0f]{6}">(\d+)</g)].map(([, count = ""]) => count);

describe("confusionMatrix", () => {
  // sklearn.metrics.confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]), the example of its page:
  // [[2, 0, 0], [0, 0, 1], [1, 0, 2]].
  test("counts as scikit-learn's example", () => {
    const { svg } = orThrow(
      confusionMatrix({ title: "T", actual: numbers(2, 0, 2, 2, 0, 1), predicted: numbers(0, 0, 2, 2, 0, 2) }),
    );
    expect(cells(svg)).toEqual(["2", "1", "1", "2"]);
    for (const text of ["4 of 6 right, 66.7 %", ">100 %<", ">0 %<", "1 as 2 (1)", "2 as 0 (1)"])
      expect(svg).toContain(text);
  });

  test("takes a net's outputs, of two classes too", () => {
    const outputs = f32([3, 2], Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.5, 0.5));
    expect(orThrow(confusionMatrix({ title: "", actual: numbers(0, 1, 1), predicted: outputs })).svg).toContain(
      "2 of 3",
    );
    const binary = f32([3, 1], Float32Array.of(0.4, 0.5, 0.9));
    expect(orThrow(confusionMatrix({ title: "", actual: numbers(0, 1, 0), predicted: binary })).svg).toContain(
      "2 of 3",
    );
  });

  test("1,000 classes are a picture with the commonest mistakes by name", () => {
    const actual = numbers(...Array.from({ length: 1000 }, (_, i) => i), 7, 7);
    const predicted = numbers(...Array.from({ length: 1000 }, (_, i) => i), 8, 8);
    const classNames = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
    const { svg, width, height } = orThrow(
      confusionMatrix({ title: "", actual, predicted, classNames, theme: "dark" }),
    );
    expect(svg).toMatch(/class 7 as class 8<tspan[^>]*>2</);
    expect(svg.match(/<image /g)).toHaveLength(1);
    expect(Math.max(width, height)).toBeLessThan(1600);
  });

  test.each([
    [numbers(0, 3), numbers(0, 1), ["a", "b"], "class 3 is out of range, 2 names are given (0 to 1)"],
    [numbers(0, -1), numbers(0, 1), undefined, "label 1 is -1, whole numbers from 0"],
    [numbers(0), numbers(0, 1), undefined, "1 labels and 2 predictions"],
    [numbers(), numbers(), undefined, "0 labels and 0 predictions"],
    [numbers(0), f32([1, 2], Float32Array.of(NaN, 0)), undefined, "row 0 holds NaN"],
    [i32([1, 2], Int32Array.of(0, 1)), numbers(0), undefined, "shape [1, 2], a class number for each"],
  ])("%#: refuses what cannot be counted", (actual, predicted, classNames, sentence) => {
    expect(errorOf(confusionMatrix({ title: "T", actual, predicted, classNames }))).toContain(sentence);
  });
});

describe("misclassified", () => {
  const images = f32([3, 1, 1, 1], Float32Array.of(0, 0.5, 1));
  const probabilities = f32([3, 2], Float32Array.of(0.6, 0.4, 0.1, 0.9, 0.2, 0.8));

  test("the surest mistake comes first, each with what is true", () => {
    const { svg } = orThrow(
      misclassified({ title: "T", images, probabilities, labels: numbers(1, 0, 1), classNames: ["cat", "dog"] }),
    );
    expect([...svg.matchAll(/<text[^>]*>([^<]+ %|is [^<]+)</g)].map(([, text]) => text)).toEqual([
      "dog 90 %",
      "is cat",
      "cat 60 %",
      "is dog",
    ]);
    expect(svg).toContain("T: 2 of 3 wrong");
  });

  test("refuses where nothing is wrong, and images of other examples", () => {
    expect(errorOf(misclassified({ title: "T", images, probabilities, labels: numbers(0, 1, 1) }))).toMatch(
      /all 3 examples are right/,
    );
    const one = f32([1, 1, 1, 1], new Float32Array(1));
    expect(errorOf(misclassified({ title: "T", images: one, probabilities, labels: numbers(0, 1, 1) }))).toMatch(
      /for 3 predictions/,
    );
  });
});

test("logits become probabilities: softmax of rows, sigmoid of one column", () => {
  const [a, b] = fromLogits(f32([1, 2], Float32Array.of(0, Math.log(3)))).data;
  expect([a, b]).toEqual([expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)]);
  expect(fromLogits(f32([1, 1], Float32Array.of(0))).data[0]).toBe(0.5);
  const already = f32([1, 2], Float32Array.of(0.3, 0.7));
  expect(asProbabilities(already)).toBe(already);
});
