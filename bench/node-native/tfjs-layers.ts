/** One case as a user of tfjs-layers writes it today, on @tensorflow/tfjs-node of bench/node_modules. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import util from "node:util";
import { caseOf, pixels, timeCalls } from "./cases.js";

// The package calls functions that Node 23 removed.
Object.assign(util, { isNullOrUndefined: (x: unknown) => x === null || x === undefined });

/* eslint-disable typescript/no-explicit-any -- the peer is no dependency: its types are not here */
const tf: any = createRequire(fileURLToPath(new URL("../package.json", import.meta.url)))("@tensorflow/tfjs-node");
const { layers } = tf;

const a3 = (): any =>
  tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [28, 28, 1], filters: 64, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dense({ units: 10, activation: "softmax" }),
    ],
  });

const normalized = (x: any, layer: any, isActive: boolean): any => {
  const y = layers.batchNormalization({}).apply(layer.apply(x));
  return isActive ? layers.reLU({ maxValue: 6 }).apply(y) : y;
};

const conv = (x: any, filters: number, kernelSize: number, strides: number, isActive: boolean): any =>
  normalized(x, layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false }), isActive);

const block = (x: any, filters: number, strides: number, expansion: number): any => {
  const channels = x.shape[3];
  const wide = expansion === 1 ? x : conv(x, channels * expansion, 1, 1, true);
  const deep = normalized(
    wide,
    layers.depthwiseConv2d({ kernelSize: 3, strides, padding: "same", useBias: false }),
    true,
  );
  const narrow = conv(deep, filters, 1, 1, false);
  return strides === 1 && channels === filters ? layers.add().apply([narrow, x]) : narrow;
};

/** Filters, first stride, how many; table 2 of the paper. */
const stages = [
  [24, 2, 2],
  [32, 2, 3],
  [64, 2, 4],
  [96, 1, 3],
  [160, 2, 3],
  [320, 1, 1],
] as const;

const mobilenetv2 = (): any => {
  const inputs = tf.input({ shape: [224, 224, 3] });
  let x = block(conv(inputs, 32, 3, 2, true), 16, 1, 1);
  for (const [filters, first, count] of stages)
    for (let i = 0; i < count; i++) x = block(x, filters, i === 0 ? first : 1, 6);
  const pooled = layers.globalAveragePooling2d({}).apply(conv(x, 1280, 1, 1, true));
  const outputs = layers.dense({ units: 1000, activation: "softmax" }).apply(pooled);
  return tf.model({ inputs, outputs });
};

const predictor = (net: any, shape: readonly number[]): (() => Promise<unknown>) => {
  const numbers = pixels(shape.reduce((a, b) => a * b, 1));
  return async () => {
    const x = tf.tensor(numbers, shape);
    const y = net.predict(x);
    const result = await y.data();
    tf.dispose([x, y]);
    return result;
  };
};

const one = caseOf(process.argv[2]);
if (one === "a3-step-64") {
  const net = a3();
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const numbers = pixels(64 * 784);
  const labels = Float32Array.from({ length: 64 }, (_, i) => i % 10);
  await timeCalls(async () => {
    const [x, y] = [tf.tensor(numbers, [64, 28, 28, 1]), tf.tensor(labels, [64])];
    const said = await net.trainOnBatch(x, y);
    tf.dispose([x, y]);
    return said;
  }, one);
} else if (one === "a3-predict-1") await timeCalls(predictor(a3(), [1, 28, 28, 1]), one);
else await timeCalls(predictor(mobilenetv2(), [1, 224, 224, 3]), one);
