/** Layers that draw random numbers: their statistics, what they keep, and that a step repeats. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  dropout,
  f32,
  gaussianDropout,
  gaussianNoise,
  i32,
  input,
  operators,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  type Expr,
  type Mode,
  type NdArray,
} from "../../src/index.js";
import { boxMuller } from "../../src/ops/normal-noise.js";
import { fillNormal, fillUniform, keyOf } from "../../src/random/index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { backendsUnderTest } from "../support/backends.js";
import { noteGolden } from "../support/golden-notes.js";
import { runOperator } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";

const batch = 4;
const size = 16;

interface Request {
  readonly mode: Mode;
  readonly step?: number;
  readonly batch?: number;
}

/** The layer's result y on ones in step `step`, and the gradient dx of Σ (i + 1) yᵢ. */
const runBoth = async (
  device: Device,
  layer: (x: Expr<readonly number[]>) => AnyExpr,
  shape: readonly number[],
  { mode, step = 0, batch: examples = batch }: Request,
): Promise<{ readonly y: Float64Array; readonly dx: Float64Array }> => {
  const x: Expr<readonly number[]> = input(shape);
  const made = orThrow(toGraph({ inputs: { x }, outputs: { y: layer(x) } }, { registry: operators, mode, seed: 5 }));
  const [first] = made.inputs;
  const [last] = made.outputs;
  if (first === undefined || last === undefined) throw new Error("a model has an input and an output");
  const { builder } = made;
  const weights = builder.emit("input", [], { name: "weights", dtype: "f32", shape: last.value.type.shape });
  const product = builder.emit("multiply", [last.value, weights]);
  const axes = last.value.type.shape.map((_, axis) => axis);
  const loss = builder.emit("reduceSum", [product], { axes, keepDims: false });
  const nodes = builder.finish([]).nodes.slice();
  const [gradient = loss] = appendGradient({ nodes, builder, registry: operators, loss, wrt: [first.value] });
  const graph = builder.finish([
    { kind: "result", name: "y", value: last.value.id },
    { kind: "result", name: "dx", value: gradient.id },
  ]);
  const full = [examples, ...shape];
  const count = full.reduce((a, b) => a * b, 1);
  const results = await runNamed(graph, device, {
    batch: examples,
    feeds: new Map<string, NdArray<"f32"> | NdArray<"i32">>([
      ["x", f32(full, new Float32Array(count).fill(1))] as const,
      ["weights", f32(full, ramp(count))] as const,
      ...(made.step === undefined ? [] : [["step", i32([], Int32Array.of(step))] as const]),
    ]),
  });
  return { y: results.get("y") ?? new Float64Array(), dx: results.get("dx") ?? new Float64Array() };
};

const ramp = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i + 1);

const run = async (...call: Parameters<typeof runBoth>): Promise<Float64Array> => (await runBoth(...call)).y;

/** What Keras's layer does to ones; made by scripts/goldens. */
interface NoiseCase {
  readonly layer: string;
  readonly options: Readonly<Record<string, number>>;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly zeros: number;
  /** The share within one deviation of 1. */
  readonly near: number;
}
const { cases }: { readonly cases: readonly NoiseCase[] } = JSON.parse(
  readFileSync(new URL("../fixtures/noise.json", import.meta.url), "utf8"),
);
const words: Readonly<Record<string, (options: { rate: number; stddev: number }) => unknown>> = {
  dropout,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  gaussianNoise,
  gaussianDropout,
};

const mean = (xs: ArrayLike<number>): number => Array.from(xs).reduce((sum, x) => sum + x, 0) / xs.length;
const deviation = (xs: ArrayLike<number>): number => {
  const center = mean(xs);
  return Math.sqrt(mean(Array.from(xs, (x) => (x - center) ** 2)));
};

const apply = (layer: unknown): ((x: Expr<readonly number[]>) => AnyExpr) =>
  layer as (x: Expr<readonly number[]>) => AnyExpr; // sound: every layer takes expressions

/** Axes beside the batch that a layer takes, channels last. */
const rankOf = (word: string): number => Number(/(\d)d$/.exec(word)?.[1] ?? 2) + 1;

const channelsLast = (rank: number, channels: number): readonly number[] => [...[2, 3, 2].slice(0, rank - 1), channels];

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  let device: Device;
  let before = 0;
  beforeAll(async () => {
    device = await orReject(backend.load);
    before = device.memory().buffers;
  });
  afterAll(() => expect(device.memory().buffers, "buffers that were left").toBe(before));

  test.each([
    ["spatialDropout1d", spatialDropout1d({ rate: 0.25 }), [size, size * size]],
    ["spatialDropout2d", spatialDropout2d({ rate: 0.25 }), [size, 2, size * size]],
    ["spatialDropout3d", spatialDropout3d({ rate: 0.25 }), [size, 2, 1, size * size]],
  ] as const)("%s drops a quarter of the channels, whole, and scales the others", async (_name, layer, shape) => {
    const y = await run(device, apply(layer), shape, { mode: "training" });
    const channels = shape.at(-1) ?? 1;
    const cells = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    let dropped = 0;
    for (let example = 0; example < batch; example++)
      for (let channel = 0; channel < channels; channel++) {
        const first = y[example * cells * channels + channel] ?? Number.NaN;
        expect(first === 0 || Math.abs(first - 4 / 3) < 1e-6).toBe(true);
        dropped += first === 0 ? 1 : 0;
        for (let cell = 1; cell < cells; cell++) expect(y[(example * cells + cell) * channels + channel]).toBe(first);
      }
    // Five standard deviations of a binomial count.
    const count = batch * channels;
    expect(Math.abs(dropped / count - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / count));
  });

  test("dropout with noiseShape [null, 1, 1, null] drops whole channels, with [null, 1, 1, 1] whole examples", async () => {
    const [cells, channels, examples] = [6, 5, 200];
    for (const noiseShape of [
      [null, 1, 1, null],
      [null, 1, 1, 1],
    ]) {
      const layer = apply(dropout({ rate: 0.25, noiseShape }));
      const y = await run(device, layer, [2, 3, channels], { mode: "training", batch: examples });
      const kept: boolean[] = [];
      for (let example = 0; example < examples; example++)
        for (let channel = 0; channel < channels; channel++) {
          const values = Array.from(
            { length: cells },
            (_, cell) => y[(example * cells + cell) * channels + channel] ?? 0,
          );
          expect(new Set(values).size).toBe(1);
          kept.push(values[0] !== 0);
          if (noiseShape[3] === 1) expect(values[0]).toBe(y[example * cells * channels]);
        }
      // Five standard deviations of a binomial count of that many independent draws.
      const draws = noiseShape[3] === 1 ? examples : examples * channels;
      const share = kept.filter((one) => !one).length / kept.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / draws));
    }
  });

  test.each([
    ["gaussianNoise", gaussianNoise({ stddev: 0.3 }), 0.3],
    ["gaussianDropout", gaussianDropout({ rate: 0.2 }), 0.5],
  ] as const)("%s has the mean 1 and its deviation", async (_name, layer, wanted) => {
    const y = await run(device, apply(layer), [size, size, 9], { mode: "training" });
    expect(Math.abs(mean(y) - 1)).toBeLessThan((5 * wanted) / Math.sqrt(y.length));
    expect(Math.abs(deviation(y) / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * y.length));
    // 68.27 % within one deviation, as in a normal distribution and not in a uniform one.
    const near = Array.from(y).filter((value) => Math.abs(value - 1) < wanted).length / y.length;
    expect(Math.abs(near - 0.6827)).toBeLessThan(0.02);
    const again = await run(device, apply(layer), [size, size, 9], { mode: "training" });
    const later = await run(device, apply(layer), [size, size, 9], { mode: "training", step: 1 });
    expect(again).toEqual(y);
    expect(later.filter((value, i) => value === y[i]).length).toBeLessThan(y.length / 100);
  });

  describe.each(Object.keys(words))("%s", (word) => {
    const own = cases.filter(({ layer }) => layer === word);
    const layerOf = ({ options: { rate = 0, stddev = 0 } }: NoiseCase) => apply(words[word]?.({ rate, stddev }));

    test("has the statistics of its formula and of Keras's sample", async () => {
      expect(own.length).toBeGreaterThanOrEqual(10);
      for (const one of own) {
        const [examples = 1, ...shape] = one.shape;
        const y = await run(device, layerOf(one), shape, { mode: "training", batch: examples });
        const { rate = 0, stddev } = one.options;
        // Both kinds of dropout: Srivastava et al. 2014; of the result on 1.
        const spread = stddev ?? Math.sqrt(rate / (1 - rate));
        // One number per channel and example, or one per element.
        const draws = word.startsWith("spatial") ? examples * (shape.at(-1) ?? 1) : y.length;
        const zeros = y.filter((value) => value === 0).length / y.length;
        const near = y.filter((value) => Math.abs(value - 1) < one.deviation).length / y.length;
        const isDropout = !word.startsWith("gaussian");
        const ofShare = (share: number): number => Math.sqrt(Math.max(share * (1 - share), 1e-9) / draws);
        // In standard errors. The deviation of a 0-or-scaled number follows from the share of zeros.
        const errors = {
          mean: (Math.abs(mean(y) - 1) / spread) * Math.sqrt(draws),
          deviation: isDropout
            ? Math.abs(zeros - rate) / ofShare(rate)
            : Math.abs(deviation(y) / spread - 1) * Math.sqrt(2 * draws),
          "mean of Keras's sample": (Math.abs(mean(y) - one.mean) / spread) * Math.sqrt(draws / 2),
          "zeros of Keras's sample": Math.abs(zeros - one.zeros) / (Math.SQRT2 * ofShare(isDropout ? rate : 0)),
          "near 1 in Keras's sample": isDropout ? 0 : Math.abs(near - one.near) / (Math.SQRT2 * ofShare(0.6827)),
        };
        for (const [what, error] of Object.entries(errors))
          expect(error, `standard errors of the ${what}: ${JSON.stringify([one.options, one.shape])}`).toBeLessThan(5);
        const { mean: ofMean, deviation: ofDeviation, ...others } = errors;
        const noted = { formula: Math.max(ofMean, ofDeviation), "Keras's sample": Math.max(...Object.values(others)) };
        noteGolden({ section: "random layers", name: word, backend: backendName, errors: noted });
      }
    });

    test("does nothing in inference, and the gradient passes", async () => {
      for (const one of own.slice(0, 3)) {
        const { y, dx } = await runBoth(device, layerOf(one), channelsLast(rankOf(word), 3), {
          mode: "inference",
        });
        expect(y.every((value) => value === 1)).toBe(true);
        expect(Array.from(dx)).toEqual(Array.from(ramp(dx.length)));
      }
    });

    test("sends the gradient through the numbers that it drew", async () => {
      for (const one of own.slice(0, 3)) {
        const { y, dx } = await runBoth(device, layerOf(one), channelsLast(rankOf(word), 64), {
          mode: "training",
        });
        // On ones y is the mask itself; noise that is added has the slope 1.
        const want = Array.from(y, (value, i) => (word === "gaussianNoise" ? 1 : value) * (i + 1));
        expect(new Set(y).size).toBeGreaterThan(1);
        dx.forEach((slope, i) => expect(slope).toBeCloseTo(want[i] ?? Number.NaN, 3));
      }
    });
  });

  test("the formula of normal numbers is that of src/random", async () => {
    const count = 1000;
    const uniform = new Float64Array(2 * count);
    const normal = new Float64Array(2 * count);
    fillUniform(uniform, keyOf(3));
    fillNormal(normal, keyOf(3));
    const words = [0, 1].map((odd) => ({
      dtype: "f32" as const,
      shape: [count],
      data: uniform.filter((_, i) => i % 2 === odd),
    }));
    const got = await runOperator(device, "elementwise", words, { formula: boxMuller });
    const far = Array.from(got).filter((value, i) => !(Math.abs(value - (normal[2 * i] ?? 0)) <= 5e-6));
    expect(far).toEqual([]);
  });
});

test.each([
  [
    spatialDropout2d({ rate: 1 }),
    "spatialDropout2d: rate 1 is not in [0, 1): use the fraction of elements to drop, such as 0.5",
  ],
  [
    gaussianDropout({ rate: -0.5 }),
    "gaussianDropout: rate -0.5 is not in [0, 1): use the fraction of elements to drop, such as 0.5",
  ],
  [
    gaussianNoise({ stddev: -1 }),
    "gaussianNoise: stddev -1 is no standard deviation: use a number that is not below 0, such as 0.1",
  ],
] as const)("a wrong option has a sentence", (layer, sentence) => {
  const { shape } = apply(layer)(input([4, 4, 2]));
  expect(isPoisoned(shape) ? shape.error : "").toBe(sentence);
});
