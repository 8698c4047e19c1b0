/** The open task: at least 70 % on CIFAR-10's test pictures within 10 epochs. Batch normalisation, three stages, one cycle of learning rates. */
import {
  batchNormalization,
  conv2d,
  dense,
  dropout,
  globalAvgPool2d,
  input,
  maxPool2d,
  model,
  relu,
  sequential,
  softmax,
} from "svertka";
import { accuracy, adam, cosineDecay, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

/** Convolution, batch normalisation, relu; twice, so that one place sees 5x5 pixels. */
const twice = <F extends number>(filters: F) =>
  sequential(
    conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization(),
    relu,
    conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization(),
    relu,
  );

export const net = model(
  input([32, 32, 3]),
  sequential(
    twice(32), // [32, 32, 32]
    maxPool2d(),
    twice(64), // [16, 16, 64]
    maxPool2d(),
    twice(128), // [8, 8, 128]
    globalAvgPool2d, // [128]
    dropout({ rate: 0.2 }),
    dense({ units: 10 }),
    softmax,
  ),
);

const epochs = 10;
const batchSize = 64;
/** Steps of a whole run on CIFAR-10's 50,000 pictures; on fewer the rate ends higher. */
const steps = (epochs * 50_000) / batchSize;

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 2e-3, decaySteps: steps }) }),
  metrics: [accuracy()],
  epochs,
  batchSize,
  data: cifarOrDrawn,
});
