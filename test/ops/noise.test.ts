/** Layers that draw random numbers: their statistics, what they keep, and that a step repeats. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  gaussianDropout,
  gaussianNoise,
  input,
  operators,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  type Expr,
  type Mode,
} from "../../src/index.js";
import { boxMuller } from "../../src/ops/normal-noise.js";
import { fillNormal, fillUniform, keyOf } from "../../src/random/index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { backendsUnderTest } from "../support/backends.js";
import { runOperator } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";

const batch = 4;
const size = 16;

/** The layer's result on ones, in step `step`. */
const run = async (
  device: Device,
  layer: (x: Expr<readonly number[]>) => AnyExpr,
  shape: readonly number[],
  { mode, step = 0 }: { mode: Mode; step?: number },
) => {
  const x: Expr<readonly number[]> = input(shape);
  const made = orThrow(toGraph({ inputs: { x }, outputs: { y: layer(x) } }, { registry: operators, mode, seed: 5 }));
  const [y] = made.outputs;
  const graph = made.builder.finish([{ kind: "result", name: "y", value: y?.value.id ?? -1 }]);
  const count = shape.reduce((a, b) => a * b, batch);
  const results = await runNamed(graph, device, {
    batch,
    feeds: new Map<
      string,
      | { dtype: "f32"; shape: readonly number[]; data: Float64Array }
      | { dtype: "i32"; shape: readonly number[]; data: Int32Array }
    >([
      ["x", { dtype: "f32", shape: [batch, ...shape], data: new Float64Array(count).fill(1) }],
      ...(made.step === undefined ? [] : [["step", { dtype: "i32", shape: [], data: Int32Array.of(step) }] as const]),
    ]),
  });
  return results.get("y") ?? new Float64Array();
};

const mean = (xs: ArrayLike<number>): number => Array.from(xs).reduce((sum, x) => sum + x, 0) / xs.length;
const deviation = (xs: ArrayLike<number>): number => {
  const center = mean(xs);
  return Math.sqrt(mean(Array.from(xs, (x) => (x - center) ** 2)));
};

const apply = (layer: unknown): ((x: Expr<readonly number[]>) => AnyExpr) =>
  layer as (x: Expr<readonly number[]>) => AnyExpr; // sound: every layer takes expressions

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
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

  test.each([
    ["spatialDropout2d", spatialDropout2d({ rate: 0.5 })],
    ["gaussianNoise", gaussianNoise({ stddev: 1 })],
    ["gaussianDropout", gaussianDropout({ rate: 0.5 })],
  ] as const)("%s does nothing in inference", async (_name, layer) => {
    const y = await run(device, apply(layer), [2, 3, 4], { mode: "inference" });
    expect(y.every((value) => value === 1)).toBe(true);
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
