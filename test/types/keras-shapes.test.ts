/** Run-time shapes, refusals and numbers of weights equal Keras's on the golden layers and nets; the compiler's equal the run time's on a sample. */
import { env } from "node:process";
import { describe, expect, test } from "vitest";
import { application, check, joining, merging } from "./applications.js";
import { differences, type KerasCase } from "./keras-differences.js";
import { built, builtNet, graphOf, kerasCases, kerasNets, verdictOf } from "./keras-shapes.js";
import type { Axes } from "./random-options.js";

/** Of so many golden layers one is given to the compiler; all of them in the long run. */
const every = env["SIZE"] === "full" ? 1 : 20;

const cases = kerasCases();
const nets = kerasNets();

const sameAxes = (a: Axes | null, b: Axes | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where Keras leaves an axis open we may know it. */
const isAtLeast = (ours: Axes | null, kerass: Axes | null): boolean =>
  ours !== null &&
  kerass !== null &&
  ours.length === kerass.length &&
  kerass.every((axis, i) => axis === null || axis === ours[i]);

/** The rules that explain why svertka's verdict is another. */
const reasons = (one: KerasCase, ours: Axes | null): readonly string[] =>
  differences
    .filter(({ svertka, when }) => {
      if (!when(one)) return false;
      if (svertka === "knows more") return isAtLeast(ours, one.output);
      return svertka === "refuses" ? ours === null : ours !== null && one.output === null;
    })
    .map(({ why }) => why);

const line = ({ word, options, shapes, output }: KerasCase, ours: Axes | null): string =>
  `${word}(${JSON.stringify(options)}) of ${JSON.stringify(shapes)}: Keras ${JSON.stringify(output)}, svertka ${JSON.stringify(ours)}`;

const compared = cases.map((one) => ({ one, expr: built(one) }));
const otherwise = compared.filter(({ one, expr }) => !sameAxes(verdictOf(expr), one.output));

describe(`${cases.length} layers and ${nets.length} nets as in Keras`, () => {
  test("there are enough of them, of every kind", () => {
    expect(cases.length).toBeGreaterThanOrEqual(5000);
    expect(nets.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(cases.map(({ word }) => word)).size).toBe(64);
    expect(cases.filter(({ output }) => output === null).length).toBeGreaterThan(1000);
    expect(nets.filter(({ output }) => output === null).length).toBeGreaterThan(200);
  });

  test("every difference of a layer has a reason", () => {
    const unexplained = otherwise.filter(({ one, expr }) => reasons(one, verdictOf(expr)).length === 0);
    expect(unexplained.map(({ one, expr }) => line(one, verdictOf(expr)))).toEqual([]);
  });

  test("a reason to refuse has no exception", () => {
    const taken = differences
      .filter(({ svertka }) => svertka === "refuses")
      .flatMap(({ why, when }) =>
        compared
          .filter(({ one, expr }) => when(one) && verdictOf(expr) !== null)
          .map(({ one, expr }) => `${why}: ${line(one, verdictOf(expr))}`),
      );
    expect(taken).toEqual([]);
  });

  test("so many layers differ for each reason", () => {
    const counts = differences.map(
      ({ why }) => `${otherwise.filter(({ one, expr }) => reasons(one, verdictOf(expr))[0] === why).length} ${why}`,
    );
    expect(counts).toMatchInlineSnapshot(`
      [
        "5 a size is a whole number; Keras lets fractions and negatives through here and there",
        "1 no layer leaves nothing of an axis",
        "25 dense wants a flat input unless \`axis: -1\` says that the last axis is meant: it is mostly a forgotten flatten",
        "22 merges stretch an axis of 1 only where \`broadcast: true\` says so (multiply always), and known sizes may not differ",
        "5 merges never add axes: NumPy's rule would pair an image's channels with its width",
        "22 the batch is no axis to join along",
        "35 a pool that holds only padding has no maximum and no mean",
        "35 a dropout of all elements leaves nothing to scale up",
        "34 batch normalisation is over the last axis",
        "9 slopes are not shared along the batch, which they do not depend on",
        "11 an axis is named once",
        "15 instance normalisation of one number a channel gives 0",
        "3 Keras's adaptive poolings do not look at the input's rank",
        "36 strides together with dilation, which TensorFlow's convolutions lack",
        "55 causal padding of depthwise and separable convolutions, which Keras refuses by the word",
        "15 a standard deviation may be above 1",
        "35 of two merged sizes one is known: so is the result",
      ]
    `);
  });

  test("the graph has the same shape, and as many weights", () => {
    const known = compared.filter(
      ({ one, expr }) => one.output !== null && verdictOf(expr) !== null && !one.shapes.flat().includes(null),
    );
    expect(known.length).toBeGreaterThan(3000);
    const wrong = known.flatMap(({ one, expr }) => {
      const { output, weights } = graphOf(expr);
      const same = JSON.stringify(output) === JSON.stringify(one.output) && weights === one.weights;
      return same ? [] : [`${line(one, verdictOf(expr))}: graph ${JSON.stringify(output)}, ${weights} weights`];
    });
    expect(wrong).toEqual([]);
  });

  test("nets have no difference at all", () => {
    const wrong = nets.flatMap((net) => {
      const expr = builtNet(net);
      const ours = verdictOf(expr);
      const { output, weights } = ours === null ? { output: null, weights: 0 } : graphOf(expr);
      const same = sameAxes(ours, net.output) && JSON.stringify(output) === JSON.stringify(net.output);
      return same && weights === net.weights
        ? []
        : [`${JSON.stringify(net)}: svertka ${JSON.stringify(ours)}, ${weights} weights`];
    });
    expect(wrong).toEqual([]);
  });

  test(`the compiler agrees on ${every === 1 ? "all" : `each ${every}th`} of the layers`, () => {
    const sample = cases.filter((_, i) => i % every === 0);
    const texts = sample.map((one, i) => {
      const { word, options, shapes } = one;
      if (word === "concatenate") return joining(shapes, { ...options }, String(i));
      if (shapes.length > 1) return merging(word, options?.["broadcast"] === true, shapes, String(i));
      return application({ word, options, shape: shapes[0] ?? [] }, String(i));
    });
    check(`keras-${every}.ts`, texts);
  });
});
