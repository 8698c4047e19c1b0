/** A DenseNet: what a layer makes is put beside what it was given, so that the channels grow; `concatenate` adds them up in types. */
import {
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  model,
  pipe,
  relu,
  softmax,
  type Expr,
} from "svertka";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

/** Twelve new channels from all that are there. */
const grown = <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
  pipe(x, batchNormalization(), relu, conv2d({ filters: 12, kernelSize: 3, padding: "same", useBias: false }));

const stem: Expr<[32, 32, 16]> = pipe(
  input([32, 32, 3]),
  conv2d({ filters: 16, kernelSize: 3, padding: "same", useBias: false }),
);
const one: Expr<[32, 32, 28]> = concatenate([stem, grown(stem)]);
const two: Expr<[32, 32, 40]> = concatenate([one, grown(one)]);

// Between two blocks: half of the channels, half of the picture.
const transition: Expr<[16, 16, 20]> = pipe(
  two,
  batchNormalization(),
  relu,
  conv2d({ filters: 20, kernelSize: 1, useBias: false }),
  avgPool2d(),
);
const three: Expr<[16, 16, 32]> = concatenate([transition, grown(transition)]);
const four: Expr<[16, 16, 44]> = concatenate([three, grown(three)]);

const pooled: Expr<[44]> = pipe(four, batchNormalization(), relu, globalAvgPool2d);
export const net = model(pipe(pooled, dense({ units: 10 }), softmax));

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam(),
  metrics: [accuracy()],
  epochs: 2,
  batchSize: 64,
  data: cifarOrDrawn,
});
