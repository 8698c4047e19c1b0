/** svertka, from the built package: `node systems/svertka.mjs JOB`, the job names the backend. */
import {
  activation,
  add,
  batchNormalization,
  compile,
  conv2d,
  dense,
  depthwiseConv2d,
  f32,
  flatten,
  globalAvgPool2d,
  i32,
  input,
  maxPool2d,
  model,
  orReject,
} from "svertka";
import { adam, sparseCategoricalCrossentropy, trainer } from "svertka/train";
import { inputShapes, models } from "./models.mjs";
import { job, measure, numbers, size } from "./measure.mjs";

const layers = {
  input: (shape) => input(shape),
  conv: (x, filters, kernelSize, options = {}) => conv2d({ filters, kernelSize, ...options })(x),
  depthwise: (x, kernelSize, options) => depthwiseConv2d({ kernelSize, ...options })(x),
  batchNorm: (x) => batchNormalization()(x),
  activation: (x, name) => activation({ name })(x),
  maxPool: (x, poolSize, options = {}) => maxPool2d({ poolSize, ...options })(x),
  globalAvgPool: (x) => globalAvgPool2d(x),
  flatten: (x) => flatten(x),
  dense: (x, units, activation) => dense({ units, ...(activation === undefined ? {} : { activation }) })(x),
  add: (a, b) => add(a, b),
};

const asked = job();
const start = performance.now();
const backend = (await import(`svertka/${asked.backend}`))[asked.backend];
const net = model(models[asked.model](layers));
const shape = [asked.batch, ...inputShapes[asked.model]];
const x = f32(shape, numbers(size(shape)));
if (asked.mode === "train") {
  const y = i32(
    [asked.batch],
    Int32Array.from({ length: asked.batch }, (_, i) => i % 10),
  );
  const running = await orReject(
    trainer({ model: net, backend, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  await measure(asked, start, () => orReject(running.step({ x, y })));
} else {
  const predictor = await orReject(compile(net, { backend }));
  await measure(asked, start, () => orReject(predictor.predict(x)));
}
process.exit(0);
