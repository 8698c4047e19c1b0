/** Activations element by element: Keras's values, slopes at the ends of float32, options, names. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Attributes } from "../../src/compiler/ir/graph.js";
import { orReject } from "../../src/errors.js";
import { activation, dense, input, operators } from "../../src/index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import * as words from "../../src/ops/activation-index.js";
import { emitActivation } from "../../src/ops/activations.js";

import type { Operator } from "../../src/ops/operator.js";
import { backendsUnderTest } from "../support/backends.js";
import { workedExamples } from "../support/fixtures.js";
import { runGraph, runOperator } from "../support/run-graph.js";

const ends = [
  Infinity,
  -Infinity,
  1e30,
  -1e30,
  3e38,
  -3e38,
  100,
  -100,
  88,
  -88,
  20.5,
  -20.5,
  9,
  -9,
  1,
  -1,
  1e-7,
  -1e-7,
];

/** Slopes from the definitions: the limits at the ends, and central differences in float64 between them. */
const definitions: readonly (readonly [string, Attributes, (x: number) => number])[] = [
  ["elu", { alpha: 1 }, (x) => (x > 0 ? x : Math.expm1(x))],
  ["elu", { alpha: 0.5 }, (x) => (x > 0 ? x : 0.5 * Math.expm1(x))],
  ["elu", { alpha: -0.5 }, (x) => (x > 0 ? x : -0.5 * Math.expm1(x))],
  ["selu", {}, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ["gelu", { approximate: true }, (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  ["silu", {}, (x) => x / (1 + Math.exp(-x))],
  ["hardSwish", {}, (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
  ["mish", {}, (x) => x * Math.tanh(x > 30 ? x : Math.log1p(Math.exp(x)))],
  ["hardSigmoid", {}, (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  ["softplus", {}, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ["celu", { alpha: 1 }, (x) => (x > 0 ? x : Math.expm1(x))],
  ["celu", { alpha: 0.5 }, (x) => (x > 0 ? x : 0.5 * Math.expm1(x / 0.5))],
  ["hardShrink", { threshold: 0.5 }, (x) => (Math.abs(x) > 0.5 ? x : 0)],
  ["logSigmoid", {}, (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))],
  ["softShrink", { threshold: 0.5 }, (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0)],
  ["softsign", {}, (x) => x / (1 + Math.abs(x))],
  ["sparsePlus", {}, (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x)],
  ["squareplus", { b: 4 }, (x) => Math.max(x, 0) + 2 / (Math.sqrt(x * x + 4) + Math.abs(x))],
  ["tanhShrink", {}, (x) => x - Math.tanh(x)],
  ["threshold", { threshold: 0.5, defaultValue: 2 }, (x) => (x > 0.5 ? x : 2)],
];

const slopeOf = (f: (x: number) => number, x: number): number => {
  const bounded = Math.max(-1e4, Math.min(1e4, x)); // from there on every slope is at its limit
  const step = 1e-6 * Math.max(1, Math.abs(bounded));
  // At ±1e-7 one side only: elu with another alpha has a corner at 0.
  const [above, below] = Math.abs(x) < 1e-6 ? (x > 0 ? [2 * step, 0] : [0, -2 * step]) : [step, -step];
  return (f(bounded + above) - f(bounded + below)) / (above - below);
};

const slopes = async (
  device: Device,
  name: string,
  attrs: Attributes,
  xs: readonly number[],
): Promise<readonly number[]> => {
  const builder = graphBuilder(operators);
  const x = builder.emit("input", [], { name: "0", dtype: "f32", shape: [xs.length] });
  const y = builder.emit(name, [x], attrs);
  const loss = builder.emit("reduceSum", [y], { axes: [0], keepDims: false });
  const [gradient] = appendGradient({
    nodes: builder.finish([]).nodes.slice(),
    builder,
    registry: operators,
    loss,
    wrt: [x],
  });
  const graph = builder.finish([{ kind: "result", name: "dx", value: gradient?.id ?? -1 }]);
  const { dx = [] } = await runGraph(graph, device, [{ dtype: "f32", shape: [xs.length], data: xs }]);
  return Array.from(dx);
};

const names = Object.keys(words).flatMap((name) =>
  name.endsWith("Operator") ? [name.slice(0, -"Operator".length)] : [],
);
const isActivation = ({ traits }: Operator): boolean => traits.includes("activation");

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  let device: Device;
  beforeAll(async () => {
    device = await orReject(backend.load);
  });

  test.each([...[...operators.values()].filter(isActivation).map((operator) => operator.name), "prelu"])(
    "%s has Keras's values, each by itself",
    async (name) => {
      for (const { attrs, inputs, output } of workedExamples(name) ?? []) {
        const got = (await runOperator(device, name, inputs, attrs)).map(Math.fround);
        const wrong = Array.from(output.data).flatMap((want, i) => {
          const value = got[i] ?? Number.NaN;
          const same = Object.is(value, want) || Math.abs(value - want) <= 2e-6 * Math.max(1, Math.abs(want));
          return same ? [] : [{ x: inputs[0]?.data[i], want, value }];
        });
        expect(wrong, JSON.stringify(attrs)).toEqual([]);
      }
    },
  );

  test.each(definitions)("the slope of %s %j holds from -Infinity to Infinity", async (name, attrs, f) => {
    const got = await slopes(device, name, attrs, ends);
    const wrong = ends.flatMap((x, i) => {
      const [value = Number.NaN, want] = [got[i], slopeOf(f, x)];
      return Math.abs(value - want) <= 2e-5 ? [] : [{ x, want, value }];
    });
    expect(wrong).toEqual([]);
  });

  test("the slope of exact gelu is Φ(x) + x φ(x)", async () => {
    // scipy.stats.norm.cdf(x) + x * norm.pdf(x)
    const want = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1.0833154705876864, -0.08331547058768642, 0.5, 0.5];
    const got = await slopes(device, "gelu", { approximate: false }, ends);
    got.forEach((value, i) => expect(value, `at ${ends[i]}`).toBeCloseTo(want[i] ?? Number.NaN, 5));
  });

  test("relu with a slope, a ceiling and a threshold, and their gradient", async () => {
    const builder = graphBuilder(operators);
    const xs = [-Infinity, -1, 0, 0.5, 1, 2, 6, 7, Infinity];
    const x = builder.emit("input", [], { name: "0", dtype: "f32", shape: [xs.length] });
    const y = emitActivation(builder.emit, x, "relu", { negativeSlope: 0.5, maxValue: 6, threshold: 1 });
    const graph = builder.finish([{ kind: "result", name: "y", value: y.id }]);
    const { y: got = [] } = await runGraph(graph, device, [{ dtype: "f32", shape: [xs.length], data: xs }]);
    // keras.activations.relu(xs, negative_slope=0.5, max_value=6.0, threshold=1.0)
    expect(Array.from(got)).toEqual([-Infinity, -1, -0.5, -0.25, 1, 2, 6, 6, 6]);
  });
});

describe("activation({ … })", () => {
  const sentence = (options: unknown): string | undefined => {
    const { shape } = activation(options as { name: "tanh" })(input([3])); // as a file that nobody type-checked has it
    return isPoisoned(shape) ? shape.error : undefined;
  };
  test.each(["linear", ...names])("takes %s", (name) => {
    expect(sentence({ name })).toBeUndefined();
    expect(dense({ units: 3, activation: name as "tanh" })(input([2])).shape).toEqual([3]);
  });
  test("says what it cannot use", () => {
    expect(sentence({ name: "gelu", approximate: true })).toBeUndefined();
    expect(sentence({ name: "tanh", alpha: 1 })).toBe("activation: tanh has no option alpha: leave it out");
    expect(sentence({ name: "relu", alpha: 1 })).toBe(
      "activation: relu has no option alpha: use negativeSlope, maxValue, threshold",
    );
    expect(sentence({ name: "elu", alpha: "big" })).toBe(
      "activation: alpha 'big' of elu cannot be used: give a finite number",
    );
    expect(sentence({ name: "hard_swish" })).toBe(
      "activation: activation 'hard_swish' is unknown: use hardSwish, or another of Keras's in camelCase",
    );
    expect(sentence({ name: "Softsign" })).toContain("use softsign, or");
    expect(sentence({ name: "toString" })).toContain("activation 'toString' is unknown: use ");
    expect(sentence({ name: "a".repeat(500) })?.length).toBeLessThanOrEqual(200);
    expect(sentence({ name: "celu", alpha: 0 })).toBe(
      "activation: alpha 0 of celu cannot be used: x is divided by it: use another number",
    );
    expect(sentence({ name: "squareplus", b: -1 })).toBe(
      "activation: b -1 of squareplus is not above 0: use one that is, or relu",
    );
    expect(sentence({ name: "relu", negativeSlope: Infinity })).toBe(
      "activation: negativeSlope Infinity of relu cannot be used: give a finite number",
    );
    expect(sentence({ name: "relu", maxValue: Infinity })).toBeUndefined();
    expect(sentence({ name: "elu", alpha: Number.NaN })).toBe(
      "activation: alpha NaN of elu cannot be used: give a finite number",
    );
  });
});
