/** One case on svertka's node backend. */
import { node } from "../../src/backends/node/index.js";
import { f32, i32 } from "../../src/data/nd-array.js";
import { orReject } from "../../src/errors.js";
import {
  batchNormalization,
  compile,
  conv2d,
  dense,
  flatten,
  globalAvgPool2d,
  input,
  invertedResidual,
  maxPool2d,
  model,
  pipe,
  relu,
  relu6,
  sequential,
  softmax,
} from "../../src/index.js";
import { accuracy, adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { caseOf, pixels, timeCalls } from "./cases.js";

const a3 = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d({ poolSize: 2 }),
    flatten,
    dense({ units: 128 }),
    relu,
    dense({ units: 10 }),
    softmax,
  ),
);

const stem = pipe(
  input([224, 224, 3]),
  sequential(
    conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", useBias: false }),
    batchNormalization(),
    relu6,
  ),
  invertedResidual({ filters: 16, expansion: 1 }),
  invertedResidual({ filters: 24, strides: 2 }),
  invertedResidual({ filters: 24 }),
  invertedResidual({ filters: 32, strides: 2 }),
  invertedResidual({ filters: 32 }),
  invertedResidual({ filters: 32 }),
);
const middle = pipe(
  stem,
  invertedResidual({ filters: 64, strides: 2 }),
  invertedResidual({ filters: 64 }),
  invertedResidual({ filters: 64 }),
  invertedResidual({ filters: 64 }),
  invertedResidual({ filters: 96 }),
  invertedResidual({ filters: 96 }),
  invertedResidual({ filters: 96 }),
);
const mobilenetv2 = model(
  pipe(
    middle,
    invertedResidual({ filters: 160, strides: 2 }),
    invertedResidual({ filters: 160 }),
    invertedResidual({ filters: 160 }),
    invertedResidual({ filters: 320 }),
    sequential(conv2d({ filters: 1280, kernelSize: 1, useBias: false }), batchNormalization(), relu6),
    globalAvgPool2d,
    dense({ units: 1000 }),
    softmax,
  ),
);

const one = caseOf(process.argv[2]);
if (one === "a3-step-64") {
  const running = await orReject(
    trainer({
      model: a3,
      backend: node,
      loss: sparseCategoricalCrossentropy(),
      optimizer: adam(),
      metrics: [accuracy()],
    }),
  );
  const x = f32([64, 28, 28, 1], pixels(64 * 784));
  const y = i32(
    [64],
    Int32Array.from({ length: 64 }, (_, i) => i % 10),
  );
  await timeCalls(() => orReject(running.step({ x, y })), one);
} else if (one === "a3-predict-1") {
  const predictor = await orReject(compile(a3, { backend: node }));
  const x = f32([1, 28, 28, 1], pixels(784));
  await timeCalls(() => orReject(predictor.predict(x)), one);
} else {
  const predictor = await orReject(compile(mobilenetv2, { backend: node }));
  const x = f32([1, 224, 224, 3], pixels(224 * 224 * 3));
  await timeCalls(() => orReject(predictor.predict(x)), one);
}
