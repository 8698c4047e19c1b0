/** Initialisers: the statistics that Keras's formulas promise, orthogonality, and what cannot begin a weight. */
import { describe, expect, test } from "vitest";
import { toGraph } from "../../src/dsl/to-graph.js";
import { E } from "../../src/fp.js";
import {
  constant,
  dense,
  fromArray,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  input,
  lecunNormal,
  lecunUniform,
  model,
  ones,
  operators,
  orthogonal,
  pipe,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
  type Initializer,
} from "../../src/index.js";
import { f32 } from "../../src/data/nd-array.js";
import { initialWeights } from "../../src/run/initial-weights.js";

const valuesOf = (initializer: Initializer, shape: readonly number[], seed = 1, name = "dense/kernel"): Float32Array =>
  initialWeights(
    [
      {
        name,
        shape,
        initializer,
        kind: "parameter",
        trainable: true,
        value: { id: 0, type: { dtype: "f32", shape: [] } },
      },
    ],
    seed,
  ).get(name)?.data ?? new Float32Array();

const mean = (xs: Float32Array): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const deviation = (xs: Float32Array): number => {
  const center = mean(xs);
  return Math.sqrt(mean(xs.map((x) => (x - center) ** 2)));
};
const largest = (xs: Float32Array): number => xs.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const dense1 = [300, 400];
const conv = [3, 3, 64, 128]; // fan in 576, fan out 1152

describe("scaled by the fans, as keras.initializers.compute_fans counts them", () => {
  test.each<readonly [string, Initializer, readonly number[], number]>([
    ["glorotUniform", glorotUniform, dense1, 2 / 700],
    ["glorotNormal", glorotNormal, dense1, 2 / 700],
    ["glorotNormal of a convolution", glorotNormal, conv, 2 / (576 + 1152)],
    ["heUniform", heUniform, conv, 2 / 576],
    ["heNormal", heNormal, conv, 2 / 576],
    ["lecunUniform", lecunUniform, dense1, 1 / 300],
    ["lecunNormal", lecunNormal, conv, 1 / 576],
    ["varianceScaling by fanOut", varianceScaling({ scale: 3, mode: "fanOut" }), conv, 3 / 1152],
    ["varianceScaling, not truncated", varianceScaling({ distribution: "untruncatedNormal" }), dense1, 1 / 300],
    ["varianceScaling of a vector", varianceScaling({ scale: 2 }), [50_000], 2 / 50_000],
  ])("%s", (_, initializer, shape, variance) => {
    const values = valuesOf(initializer, shape);
    const wanted = Math.sqrt(variance);
    expect(Math.abs(mean(values))).toBeLessThan((5 * wanted) / Math.sqrt(values.length));
    expect(Math.abs(deviation(values) / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
  });

  test("uniform ones end at √3 deviations, truncated ones at two of those before the cut", () => {
    const limit = Math.sqrt(6 / 700);
    expect(largest(valuesOf(glorotUniform, dense1))).toBeLessThanOrEqual(limit * (1 + 1e-6));
    expect(largest(valuesOf(glorotUniform, dense1))).toBeGreaterThan(0.999 * limit);
    const cut = (2 * Math.sqrt(2 / 700)) / 0.8796256610342398;
    expect(largest(valuesOf(glorotNormal, dense1))).toBeLessThanOrEqual(cut * (1 + 1e-6));
    expect(largest(valuesOf(glorotNormal, dense1))).toBeGreaterThan(0.99 * cut);
  });
});

describe("plain distributions", () => {
  const many = [250, 400];
  test("randomUniform fills its interval evenly", () => {
    const values = valuesOf(randomUniform({ minval: -1, maxval: 3 }), many);
    expect(mean(values)).toBeCloseTo(1, 1);
    expect(deviation(values) / (4 / Math.sqrt(12))).toBeCloseTo(1, 2);
    expect(values.every((x) => x >= -1 && x < 3)).toBe(true);
    expect(largest(valuesOf(randomUniform(), many))).toBeLessThanOrEqual(0.05);
  });
  test("randomNormal has its mean and deviation", () => {
    const values = valuesOf(randomNormal({ mean: 2, stddev: 0.5 }), many);
    expect(mean(values)).toBeCloseTo(2, 2);
    expect(deviation(values) / 0.5).toBeCloseTo(1, 1);
    expect(deviation(valuesOf(randomNormal(), many)) / 0.05).toBeCloseTo(1, 1);
    expect(values.some((x) => Math.abs(x - 2) > 1.25)).toBe(true);
  });
  test("truncatedNormal stays within two deviations", () => {
    const values = valuesOf(truncatedNormal({ mean: -1, stddev: 0.5 }), many);
    expect(mean(values)).toBeCloseTo(-1, 2);
    expect(deviation(values) / (0.5 * 0.8796256610342398)).toBeCloseTo(1, 1);
    expect(values.every((x) => Math.abs(x + 1) <= 1 + 1e-6)).toBe(true);
  });
  test("zeros, ones, constant, fromArray", () => {
    expect([...valuesOf(zeros, [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...valuesOf(ones, [3])]).toEqual([1, 1, 1]);
    expect([...valuesOf(constant(0.25), [2])]).toEqual([0.25, 0.25]);
    expect([...valuesOf(fromArray([1, 2, 3, 4]), [2, 2])]).toEqual([1, 2, 3, 4]);
    expect([...valuesOf(fromArray(f32([2], Float32Array.of(5, 6))), [2])]).toEqual([5, 6]);
  });
});

describe("orthogonal", () => {
  test.each([[[40, 30]], [[30, 40]], [[25, 25]], [[3, 3, 8, 16]], [[1, 1, 4, 64]]])("of shape %j", (shape) => {
    const gain = 1.5;
    const values = valuesOf(orthogonal({ gain }), shape);
    const columns = shape.at(-1) ?? 1;
    const rows = values.length / columns;
    // QᵀQ = I for the columns of a tall matrix, QQᵀ = I for the rows of a wide one.
    const [count, length] = rows >= columns ? [columns, rows] : [rows, columns];
    const at = (vector: number, i: number): number =>
      values[rows >= columns ? i * columns + vector : vector * columns + i] ?? Number.NaN;
    for (let a = 0; a < count; a++)
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += at(a, i) * at(b, i);
        expect(Math.abs(dot - (a === b ? gain * gain : 0))).toBeLessThan(1e-5);
      }
  });
  test("is different for another seed and another name", () => {
    const values = valuesOf(orthogonal(), [4, 4]);
    expect(valuesOf(orthogonal(), [4, 4], 2)).not.toEqual(values);
    expect(valuesOf(orthogonal(), [4, 4], 1, "dense_1/kernel")).not.toEqual(values);
    expect(valuesOf(orthogonal(), [4, 4])).toEqual(values);
  });
});

describe("what cannot begin a weight is an error value with the weight's path", () => {
  const problem = (kernelInitializer: Initializer): string => {
    const net = model(pipe(input([2]), dense({ units: 3, kernelInitializer })));
    const graph = toGraph(net["~model"], { registry: operators, mode: "inference", seed: 1 });
    return E.isLeft(graph) ? `${graph.left.tag} ${graph.left.where}: ${graph.left.message}` : "none";
  };
  test.each<readonly [Initializer, string]>([
    [fromArray([1, 2]), "fromArray: 2 numbers cannot fill a weight of shape [2x3]: give it 6"],
    [
      fromArray({ shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }),
      "fromArray: an array of shape [3x2] cannot begin a weight of shape [2x3]: give it that shape",
    ],
    [randomNormal({ stddev: -1 }), "randomNormal: stddev -1 is below 0: use a number such as 0.05"],
    [randomUniform({ minval: 1, maxval: 0 }), "randomUniform: maxval 0 is below minval 1: exchange them"],
    [varianceScaling({ scale: 0 }), "varianceScaling: scale 0 is not above 0: use a number such as 1"],
    [constant(Number.NaN), "constant: value NaN is not finite: use a number"],
  ])("%#", (initializer, sentence) => {
    expect(problem(initializer)).toBe(`BadOption dense/kernel: ${sentence}`);
  });
  test("a good one is none", () => expect(problem(orthogonal())).toBe("none"));
  test("orthogonal of a vector", () => {
    const net = model(pipe(input([2]), dense({ units: 3, biasInitializer: orthogonal() })));
    const graph = toGraph(net["~model"], { registry: operators, mode: "inference", seed: 1 });
    expect(E.isLeft(graph) && graph.left.message).toBe(
      "orthogonal: a weight of shape [3] is no matrix: use another initializer",
    );
  });
});
