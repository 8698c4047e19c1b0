/** Weights whose names and shapes types know, when it runs. */
import { expect, test } from "vitest";
import {
  conv2d,
  dense,
  f32,
  flatten,
  get,
  input,
  model,
  named,
  orThrow,
  sequential,
  set,
  typedWeights,
  type Weights,
} from "../../src/index.js";
import { nearestName } from "../../src/dsl/nearest-name.js";
import { E } from "../../src/fp.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { initialWeights } from "../../src/run/initial-weights.js";

const stem = named("stem", conv2d({ filters: 4, kernelSize: 3, useBias: false }));
const net = model(input([6, 6, 1]), sequential(stem, flatten, dense({ units: 2 })));
const first: Weights = initialWeights(orThrow(inferenceGraph(net)).model.weights, 3);
const weights = orThrow(typedWeights(net, first));

const sentence = (result: E.Either<{ readonly message: string }, unknown>): string | undefined =>
  E.isLeft(result) ? result.left.message : undefined;

test("get gives the array, with its shape as a type", () => {
  const kernel = get(weights, "stem/conv2d/kernel");
  const shape: [3, 3, 1, 4] = kernel.shape;
  expect(shape).toEqual([3, 3, 1, 4]);
  expect(kernel).toBe(first.get("stem/conv2d/kernel"));
});

test("set gives other weights and leaves these", () => {
  const changed = orThrow(set(weights, "dense/bias", { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) }));
  expect([...get(changed, "dense/bias").data]).toEqual([1, 2]);
  expect([...get(weights, "dense/bias").data]).toEqual([0, 0]);
  expect(get(changed, "dense/kernel")).toBe(get(weights, "dense/kernel"));
});

test("a shape that types do not know is checked when it runs", () => {
  expect(sentence(set(weights, "dense/bias", f32([3], new Float32Array(3))))).toBe(
    "weights: 'dense/bias' is [2], and the array is [3]: give an array of the weight's shape",
  );
  expect(sentence(set(weights, "dense/bias", { dtype: "f32", shape: [2], data: new Float32Array(3) }))).toBe(
    "weights: 'dense/bias' has 2 numbers, and the array 3: give all of them",
  );
});

test("so is a name", () => {
  expect(() => get(first, "dense/bios")).toThrow(
    "weights: 'dense/bios' is no weight of this model: perhaps 'dense/bias' is meant",
  );
  expect(sentence(set(first, "conv2d/kernel", f32([1], new Float32Array(1))))).toContain(
    "perhaps 'stem/conv2d/kernel'",
  );
  expect(sentence(set(new Map(), "bias", f32([1], new Float32Array(1))))).toBe(
    "weights: 'bias' is no weight of this model: it has none",
  );
});

test("weights of another model are refused", () => {
  const less = new Map([...first].slice(1));
  expect(sentence(typedWeights(net, less))).toMatch(/is missing/);
  expect(sentence(typedWeights(net, new Map([...first, ["more", f32([1], new Float32Array(1))]])))).toMatch(
    /'more' is no weight/,
  );
});

test.each([
  ["stem/conv2d/kernal", "stem/conv2d/kernel"],
  ["conv2d/kernel", "stem/conv2d/kernel"],
  ["kernel", "dense/kernel"],
  ["stem", "stem/conv2d/kernel"],
  ["", "dense/bias"],
])("the nearest of '%s' is '%s', as types say", (name, nearest) => {
  expect(nearestName(name, [...first.keys()])).toBe(nearest);
});
