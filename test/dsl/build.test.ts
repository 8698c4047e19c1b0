/** How layers become operators, as printed IR: every attribute explicit, state and updates in training only. */
import { expect, test } from "vitest";
import { graphText } from "../../src/compiler/ir/text.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import type { Mode } from "../../src/ops/layer.js";
import {
  add,
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAvgPool2d,
  input,
  leakyRelu,
  maxPool2d,
  model,
  pipe,
  reshape,
  zeroPadding2d,
} from "../types/vocabulary.js";

const built = (output: AnyExpr, mode: Mode = "inference"): string => {
  const graph = orThrow(toGraph(model(output)["~model"], { registry: operators, mode, seed: 0 }));
  const outputs = graph.outputs.map(({ name, value }) => ({ name, kind: "result", value: value.id }) as const);
  const updates = [...graph.updates].map(([name, value]) => ({ name, kind: "update", value: value.id }) as const);
  return graphText(graph.builder.finish([...outputs, ...updates]));
};

test("a convolution with every option", () => {
  const y = pipe(
    input([9, 8, 4]),
    conv2d({ filters: 6, kernelSize: [3, 2], strides: 2, padding: "same", groups: 2, activation: "relu" }),
    conv2d({
      filters: 5,
      kernelSize: 2,
      dilationRate: [1, 2],
      padding: [
        [1, 0],
        [0, 2],
      ],
      useBias: false,
    }),
  );
  expect(built(y)).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 9, 8, 4]} : f32[n, 9, 8, 4]
    %1 = parameter() {dtype: "f32", name: "conv2d/kernel", shape: [3, 2, 2, 6]} : f32[3, 2, 2, 6]
    %2 = conv2d(%0, %1) {dilations: [1, 1], groups: 2, pads: [[1, 1], [0, 0]], strides: [2, 2]} : f32[n, 5, 4, 6]
    %3 = parameter() {dtype: "f32", name: "conv2d/bias", shape: [6]} : f32[6]
    %4 = biasAdd(%2, %3) : f32[n, 5, 4, 6]
    %5 = relu(%4) : f32[n, 5, 4, 6]
    %6 = parameter() {dtype: "f32", name: "conv2d_1/kernel", shape: [2, 2, 6, 5]} : f32[2, 2, 6, 5]
    %7 = conv2d(%5, %6) {dilations: [1, 2], groups: 1, pads: [[1, 0], [0, 2]], strides: [1, 1]} : f32[n, 5, 4, 5]
    result "output" = %7
    "
  `);
});

test("poolings, padding, reshapes and dense", () => {
  const y = pipe(
    input([8, 8, 2]),
    zeroPadding2d({
      padding: [
        [0, 1],
        [2, 3],
      ],
    }),
    maxPool2d({ poolSize: [2, 3], strides: 2, padding: "same" }),
    avgPool2d({ padding: 1 }),
    flatten,
    reshape({ targetShape: [2, -1, 4] }),
    globalAvgPool2d,
    dense({ units: 3, activation: "softmax" }),
  );
  expect(built(y)).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 8, 8, 2]} : f32[n, 8, 8, 2]
    %1 = pad(%0) {pads: [[0, 0], [0, 1], [2, 3], [0, 0]], value: 0} : f32[n, 9, 13, 2]
    %2 = maxPool2d(%1) {pads: [[0, 1], [1, 1]], poolSize: [2, 3], strides: [2, 2]} : f32[n, 5, 7, 2]
    %3 = avgPool2d(%2) {pads: [[1, 1], [1, 1]], poolSize: [2, 2], strides: [2, 2]} : f32[n, 3, 4, 2]
    %4 = reshape(%3) {shape: ["n", 24]} : f32[n, 24]
    %5 = reshape(%4) {shape: ["n", 2, 3, 4]} : f32[n, 2, 3, 4]
    %6 = reduceMean(%5) {axes: [1, 2], keepDims: false} : f32[n, 4]
    %7 = parameter() {dtype: "f32", name: "dense/kernel", shape: [4, 3]} : f32[4, 3]
    %8 = matMul(%6, %7) {transposeA: false, transposeB: false} : f32[n, 3]
    %9 = parameter() {dtype: "f32", name: "dense/bias", shape: [3]} : f32[3]
    %10 = biasAdd(%8, %9) : f32[n, 3]
    %11 = softmax(%10) : f32[n, 3]
    result "output" = %11
    "
  `);
});

test("merges", () => {
  const x = input([2, 3, 4]);
  expect(built(concatenate([add(x, x, leakyRelu()(x)), x], { axis: 1 }))).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 2, 3, 4]} : f32[n, 2, 3, 4]
    %1 = leakyRelu(%0) {alpha: 0.3} : f32[n, 2, 3, 4]
    %2 = add(%0, %0) : f32[n, 2, 3, 4]
    %3 = add(%2, %1) : f32[n, 2, 3, 4]
    %4 = concatenate(%3, %0) {axis: 1} : f32[n, 4, 3, 4]
    result "output" = %4
    "
  `);
});

test("batch normalisation infers with its moving statistics", () => {
  expect(built(pipe(input([2, 2, 3]), batchNormalization({ scale: false })))).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 2, 2, 3]} : f32[n, 2, 2, 3]
    %1 = constant() {dtype: "f32", shape: [3], value: 1} : f32[3]
    %2 = parameter() {dtype: "f32", name: "batchNormalization/beta", shape: [3]} : f32[3]
    %3 = state() {dtype: "f32", name: "batchNormalization/movingMean", shape: [3]} : f32[3]
    %4 = state() {dtype: "f32", name: "batchNormalization/movingVariance", shape: [3]} : f32[3]
    %5 = batchNormalization(%0, %3, %4, %1, %2) {epsilon: 0.001} : f32[n, 2, 2, 3]
    result "output" = %5
    "
  `);
});

test("batch normalisation trains with the batch's statistics and moves its own", () => {
  expect(built(pipe(input([2, 2, 3]), batchNormalization({ momentum: 0.9, epsilon: 0.5 })), "training"))
    .toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 2, 2, 3]} : f32[n, 2, 2, 3]
    %1 = parameter() {dtype: "f32", name: "batchNormalization/gamma", shape: [3]} : f32[3]
    %2 = parameter() {dtype: "f32", name: "batchNormalization/beta", shape: [3]} : f32[3]
    %3 = state() {dtype: "f32", name: "batchNormalization/movingMean", shape: [3]} : f32[3]
    %4 = state() {dtype: "f32", name: "batchNormalization/movingVariance", shape: [3]} : f32[3]
    %5 = reduceMean(%0) {axes: [0, 1, 2], keepDims: false} : f32[3]
    %6 = elementwise(%0, %5) {formula: ["mul", ["sub", "x0", "x1"], ["sub", "x0", "x1"]]} : f32[n, 2, 2, 3]
    %7 = reduceMean(%6) {axes: [0, 1, 2], keepDims: false} : f32[3]
    %8 = elementwise(%3, %5) {formula: ["add", ["mul", "x0", 0.9], ["mul", "x1", 0.09999999999999998]]} : f32[3]
    %9 = elementwise(%4, %7) {formula: ["add", ["mul", "x0", 0.9], ["mul", "x1", 0.09999999999999998]]} : f32[3]
    %10 = elementwise(%0, %5, %7, %1, %2) {formula: ["add", ["mul", ["div", ["sub", "x0", "x1"], ["sqrt", ["add", "x2", 0.5]]], "x3"], "x4"]} : f32[n, 2, 2, 3]
    result "output" = %10
    update "batchNormalization/movingMean" = %8
    update "batchNormalization/movingVariance" = %9
    "
  `);
});

test("dropout works in training only", () => {
  const y = pipe(input([4]), dropout({ rate: 0.5 }));
  expect(built(y)).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 4]} : f32[n, 4]
    result "output" = %0
    "
  `);
  expect(built(y, "training").replace(/key: \[[^\]]*\]/, "key: […]")).toMatchInlineSnapshot(`
    "%0 = input() {dtype: "f32", name: "input", shape: ["n", 4]} : f32[n, 4]
    %1 = state() {dtype: "i32", name: "step", shape: []} : i32[]
    %2 = uniform(%1) {key: […], shape: ["n", 4]} : f32[n, 4]
    %3 = elementwise(%0, %2) {formula: ["select", ["ge", "x1", 0.5], ["mul", "x0", 2], 0]} : f32[n, 4]
    result "output" = %3
    "
  `);
});
