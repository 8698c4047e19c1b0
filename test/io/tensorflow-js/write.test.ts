/** Layers models of TensorFlow.js that svertka writes: tfjs-layers loads them and predicts what the reference says; what it has not is named. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import "../../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../../src/backends/reference/index.js";
import { f32 } from "../../../src/data/nd-array.js";
import type { AnyExpr } from "../../../src/dsl/expr.js";
import type { Model } from "../../../src/dsl/model.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import {
  activation,
  adaptiveAvgPool2d,
  add,
  average,
  avgPool1d,
  avgPool2d,
  batchNormalization,
  compile,
  concatenate,
  conv1d,
  conv2d,
  conv2dTranspose,
  conv3d,
  cropping1d,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropout,
  elu,
  flatten,
  fromArray,
  gaussianNoise,
  gelu,
  globalAvgPool1d,
  globalAvgPool2d,
  globalAvgPool3d,
  globalMaxPool2d,
  groupNormalization,
  hardSigmoid,
  hardSwish,
  input,
  layerNormalization,
  leakyRelu,
  logSoftmax,
  maxPool2d,
  maxPool3d,
  maximum,
  minimum,
  mish,
  model,
  multiply,
  named,
  ops,
  parameter,
  permute,
  pipe,
  prelu,
  relu6,
  reshape,
  selu,
  separableConv1d,
  separableConv2d,
  share,
  silu,
  softmax,
  softplus,
  spatialDropout2d,
  subtract,
  sumPool2d,
  tanh,
  upSampling1d,
  upSampling2d,
  zeroPadding1d,
  zeroPadding2d,
} from "../../../src/index.js";
import { readTensorFlowJs } from "../../../src/io/tensorflow-js/read.js";
import { writeTensorFlowJs } from "../../../src/io/tensorflow-js/write.js";
import { outlineOf } from "../../../src/run/inference-graph.js";
import { initialWeights, type Weights } from "../../../src/run/initial-weights.js";
import { largestError } from "../keras/kept-files.js";
import { filesOf, loadedByTensorFlowJs } from "./witness.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const image = input([6, 5, 4], { name: "image" });
const row = input([8, 4], { name: "row" });
const volume = input([4, 4, 4, 2], { name: "volume" });
const shared = share(conv2d({ filters: 4, kernelSize: 1 }));
const twice = pipe(image, named("twice", shared));

/** One output for each word, and for the options that TensorFlow.js has otherwise than Keras. */
const words: Readonly<Record<string, AnyExpr>> = {
  conv1d_causal: pipe(row, conv1d({ filters: 3, kernelSize: 3, padding: "causal", dilationRate: 2 })),
  conv2d_same: pipe(image, conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: "same", activation: "silu" })),
  conv2d_sides: pipe(
    image,
    conv2d({
      filters: 3,
      kernelSize: 3,
      padding: [
        [1, 0],
        [2, 1],
      ],
    }),
  ),
  conv2d_groups: pipe(image, conv2d({ filters: 8, kernelSize: 3, groups: 4 })),
  conv2d_hard: pipe(image, conv2d({ filters: 3, kernelSize: 3, useBias: false, activation: "hardSigmoid" })),
  conv3d: pipe(volume, conv3d({ filters: 3, kernelSize: 2, activation: "relu" })),
  transposed: pipe(image, conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" })),
  depthwise: pipe(image, depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same" })),
  separable: pipe(image, separableConv2d({ filters: 3, kernelSize: 3 })),
  dense: pipe(image, flatten, dense({ units: 3, activation: "softmax" })),
  batch: pipe(image, batchNormalization({ epsilon: 0.01, scale: false })),
  layer_norm: pipe(image, layerNormalization()),
  max_pool: pipe(image, maxPool2d({ poolSize: 3, strides: 2, padding: "same" })),
  mean_pool: pipe(image, avgPool2d({ poolSize: [2, 3], strides: 1 })),
  mean_row: pipe(row, avgPool1d({ poolSize: 3 })),
  max_volume: pipe(volume, maxPool3d()),
  sum_pool: pipe(image, sumPool2d({ poolSize: 2 })),
  global_row: pipe(row, globalAvgPool1d),
  global_mean: pipe(image, globalAvgPool2d),
  global_max: pipe(image, globalMaxPool2d),
  global_volume: pipe(volume, globalAvgPool3d),
  padded: pipe(
    image,
    zeroPadding2d({
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
  ),
  padded_row: pipe(row, zeroPadding1d({ padding: [1, 2] })),
  cropped: pipe(image, cropping2d({ cropping: 1 })),
  cropped_row: pipe(row, cropping1d({ cropping: [1, 2] })),
  up: pipe(image, upSampling2d({ size: [2, 3] })),
  up_row: pipe(row, upSampling1d({ size: 3 })),
  added: add(image, pipe(image, tanh)),
  subtracted: subtract(image, pipe(image, activation({ name: "softsign" }))),
  multiplied: multiply(image, pipe(image, globalAvgPool2d, reshape({ targetShape: [1, 1, 4] }))),
  averaged: average(image, pipe(image, relu6)),
  larger: maximum(image, pipe(image, elu)),
  smaller: minimum(image, pipe(image, selu)),
  joined: concatenate([image, pipe(image, gelu)], { axis: 2 }),
  permuted: pipe(image, permute({ dims: [3, 1, 2] })),
  silu: pipe(image, silu),
  mish: pipe(image, mish),
  softplus: pipe(image, softplus),
  hard_swish: pipe(image, hardSwish),
  hard_sigmoid: pipe(image, hardSigmoid),
  leaky: pipe(image, leakyRelu({ alpha: 0.1 })),
  clipped: pipe(image, activation({ name: "relu", maxValue: 0.5 })),
  prelu: pipe(image, prelu({ sharedAxes: [1, 2] })),
  softmax: pipe(image, softmax),
  log_softmax: pipe(image, logSoftmax),
  dropped: pipe(
    image,
    spatialDropout2d({ rate: 0.3 }),
    dropout({ rate: 0.2, noiseShape: [null, 1, 1, null] }),
    gaussianNoise({ stddev: 0.1 }),
    flatten,
  ),
  shared: add(twice, pipe(twice, shared)),
  scaled: ops.multiply(image, parameter([4], { name: "gamma", initializer: fromArray([1, 2, 3, 4]) })),
  scaled_row: ops.multiply(row, parameter([4], { name: "row_gamma", initializer: fromArray([4, 3, 2, 1]) })),
  shifted: ops.subtract(1, ops.divide(ops.add(ops.multiply(image, 2), 3), 4)),
  squared: ops.reduceMean(ops.square(ops.abs(image)), { axes: [1, 2] }),
};

const numbers = (shape: readonly number[]): ReturnType<typeof f32> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return f32(
    shape,
    Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(i * i * 0.13)),
  );
};

/** Weights that are nowhere 0 or 1. */
const weightsOf = (net: Model<unknown, unknown>): Weights =>
  new Map(
    [...initialWeights(orThrow(outlineOf(net)).weights, 3)].map(([name, { shape, data }]) => [
      name,
      f32(
        shape,
        data.map((value, i) => value + 0.1 + 0.05 * (i % 3)),
      ),
    ]),
  );

describe("words and options, in TensorFlow.js", () => {
  const inputs = { image: numbers([2, 6, 5, 4]), row: numbers([2, 8, 4]), volume: numbers([2, 4, 4, 4, 2]) };
  const sources = { image, row, volume };
  const usedBy = (expr: AnyExpr): keyof typeof sources => {
    const shape = (key: keyof typeof sources): boolean =>
      E.isRight(outlineOf(model({ inputs: { [key]: sources[key] }, outputs: { y: expr } })));
    return shape("image") ? "image" : shape("row") ? "row" : "volume";
  };

  test.each(Object.entries(words))("%s", async (_, expr) => {
    const key = usedBy(expr);
    const net: Model<unknown, unknown> = model({ inputs: { [key]: sources[key] }, outputs: { y: expr } });
    const weights = weightsOf(net);
    const ready = await orReject(compile(net, { backend: reference, weights }));
    const x = inputs[key];
    const { y: wanted } = await orReject(ready.predict(x));
    ready.dispose();
    const files = orThrow(writeTensorFlowJs(net, weights));
    const loaded = await loadedByTensorFlowJs(files);
    const result = loaded.predict(tf.tensor(x.data, [...x.shape]));
    const got = Array.isArray(result) ? result[0] : result;
    expect(got?.shape).toEqual(wanted?.shape);
    expect(largestError((await got?.data()) ?? [], wanted?.data ?? [])).toBeLessThan(2e-5);
    loaded.dispose();

    // And back: what svertka reads in its own folder computes the same.
    const read = await orReject(readTensorFlowJs(filesOf(files), "model.json"));
    const again = await orReject(compile(read.model, { backend: reference, weights: read.weights }));
    const [back] = Object.values(await orReject(again.predict(x)));
    again.dispose();
    expect(largestError(back?.data ?? [], wanted?.data ?? [])).toBeLessThan(2e-5);
  });
});

test.each<readonly [string, AnyExpr, string]>([
  ["groups", pipe(image, conv2d({ filters: 4, kernelSize: 1, groups: 2 })), "no convolution in groups"],
  ["a rank", pipe(row, separableConv1d({ filters: 4, kernelSize: 2 })), "no layer SeparableConv1D"],
  ["a normalisation", pipe(image, groupNormalization({ groups: 2 })), "no layer GroupNormalization"],
  ["a pooling", pipe(image, adaptiveAvgPool2d({ outputSize: 2 })), "no layer AdaptiveAveragePooling2D"],
  ["an activation", pipe(image, activation({ name: "celu" })), "no activation celu"],
  ["an alpha", pipe(image, activation({ name: "elu", alpha: 0.5 })), "ELU with an alpha of 1 only"],
  ["an interpolation", pipe(image, upSampling2d({ interpolation: "bilinear" })), "interpolates otherwise than Keras"],
  ["an operation", ops.exp(image), "no layer for the operation Exp"],
  ["an axis", pipe(image, activation({ name: "softmax", axis: 1 })), "softmax over the last axis only"],
  ["a normalised volume", pipe(volume, batchNormalization()), "images of at most two axes"],
])("%s that TensorFlow.js has not is named", (_, expr, says) => {
  const source = [image, row, volume].find((one) =>
    E.isRight(outlineOf(model({ inputs: { x: one }, outputs: { y: expr } }))),
  );
  const net = model({ inputs: { x: source ?? image }, outputs: { y: expr } });
  const refused = writeTensorFlowJs(net, weightsOf(net));
  expect(refused).toMatchObject({ _tag: "Left", left: { tag: "Unsupported" } });
  if (E.isLeft(refused)) {
    expect(refused.left.message).toContain(says);
    expect(refused.left.message.length).toBeLessThanOrEqual(200);
  }
});

test("names that TensorFlow.js refuses come back as they were", async () => {
  const x = input([4], { name: "a.b" });
  const net: Model<unknown, unknown> = model({
    inputs: { "a.b": x },
    outputs: { "_out put": pipe(x, named("_block>1", named("größe.x", dense({ units: 2 })))) },
  });
  const weights = weightsOf(net);
  const files = orThrow(writeTensorFlowJs(net, weights));
  const loaded = await loadedByTensorFlowJs(files);
  expect(loaded.inputNames).toEqual(["a.b"]);
  loaded.dispose();
  const read = await orReject(readTensorFlowJs(filesOf(files), "model.json"));
  expect([...read.weights.keys()]).toEqual([...weights.keys()]);
  expect(read.graph.outputs.map(({ name }) => name)).toEqual(["_out put"]);
});

test("weights lie in files of 4 MiB, each made when it is asked for; a missing weight is a mistake", () => {
  const net = model(pipe(input([1200]), dense({ units: 1000 })));
  const weights = weightsOf(net);
  const files = orThrow(writeTensorFlowJs(net, weights));
  // 1,201,000 numbers.
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ["group1-shard1of2.bin", 4 * 2 ** 20],
    ["group1-shard2of2.bin", 4_804_000 - 4 * 2 ** 20],
    ["model.json", files[2]?.bytes().byteLength],
  ]);
  const joined = Buffer.concat(files.slice(0, 2).map(({ bytes }) => bytes()));
  const all = new Float32Array(joined.buffer, joined.byteOffset, joined.byteLength / 4);
  expect(all.subarray(0, 1_200_000)).toEqual(weights.get("dense/kernel")?.data);
  expect(all.subarray(1_200_000)).toEqual(weights.get("dense/bias")?.data);
  expect(writeTensorFlowJs(net, new Map())).toMatchObject({ _tag: "Left", left: { tag: "BadModel" } });
});
