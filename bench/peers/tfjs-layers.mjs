/** TensorFlow.js's own layers, on the backend that the job names: what a user would write without svertka. */
import * as layersOf from "@tensorflow/tfjs-layers";
import * as core from "@tensorflow/tfjs-core";
import { inputShapes, models } from "../models.mjs";
import { job, measure, numbers, size } from "../measure.mjs";

const asked = job();
const start = performance.now();
if (asked.backend === "node") await import("@tensorflow/tfjs-node");
else await import(`@tensorflow/tfjs-backend-${asked.backend}`);
const { layers: make } = layersOf;
await core.setBackend(asked.backend === "node" ? "tensorflow" : asked.backend);
await core.ready();

const inputs = [];
const layers = {
  input: (shape) => {
    inputs.push(layersOf.input({ shape }));
    return inputs[0];
  },
  conv: (x, filters, kernelSize, options = {}) => make.conv2d({ filters, kernelSize, ...options }).apply(x),
  depthwise: (x, kernelSize, options) => make.depthwiseConv2d({ kernelSize, ...options }).apply(x),
  batchNorm: (x) => make.batchNormalization().apply(x),
  activation: (x, name) => make.activation({ activation: name }).apply(x),
  maxPool: (x, poolSize, options = {}) => make.maxPooling2d({ poolSize, ...options }).apply(x),
  globalAvgPool: (x) => make.globalAveragePooling2d({}).apply(x),
  flatten: (x) => make.flatten().apply(x),
  dense: (x, units, activation) => make.dense({ units, activation }).apply(x),
  add: (a, b) => make.add().apply([a, b]),
};

const outputs = models[asked.model](layers);
const net = layersOf.model({ inputs: inputs[0], outputs });
const shape = [asked.batch, ...inputShapes[asked.model]];
const data = numbers(size(shape));
if (asked.mode === "train") {
  net.compile({ optimizer: core.train.adam(), loss: "sparseCategoricalCrossentropy" });
  const labels = Float32Array.from({ length: asked.batch }, (_, i) => i % 10);
  await measure(asked, start, async () => {
    const [x, y] = [core.tensor(data, shape), core.tensor(labels, [asked.batch, 1])];
    await net.trainOnBatch(x, y);
    core.dispose([x, y]);
  });
} else {
  await measure(asked, start, async () => {
    const x = core.tensor(data, shape);
    const y = net.predict(x);
    await y.data();
    core.dispose([x, y]);
  });
}
process.exit(0);
