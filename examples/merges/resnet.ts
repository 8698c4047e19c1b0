/** A ResNet: what goes into a block is added to what comes out; the types refuse a sum of unlike shapes. */
import {
  add,
  batchNormalization,
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

/** Convolution and batch normalisation. */
const convolution = <H extends number, W extends number, C extends number, F extends number>(
  x: Expr<[H, W, C]>,
  filters: F,
) => pipe(x, conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }), batchNormalization());

const stem: Expr<[32, 32, 16]> = pipe(convolution(input([32, 32, 3]), 16), relu);

// A block that keeps its shape: the sum needs no more.
const first: Expr<[32, 32, 16]> = pipe(add(stem, convolution(pipe(convolution(stem, 16), relu), 16)), relu);

// A block that halves the picture and doubles the channels: a 1x1 convolution with strides brings the shortcut to its shape.
const halved: Expr<[16, 16, 32]> = pipe(
  first,
  conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", useBias: false }),
  batchNormalization(),
  relu,
);
const shortcut: Expr<[16, 16, 32]> = pipe(first, conv2d({ filters: 32, kernelSize: 1, strides: 2, useBias: false }));
const second: Expr<[16, 16, 32]> = pipe(add(shortcut, convolution(halved, 32)), relu);

const pooled: Expr<[32]> = pipe(second, globalAvgPool2d);
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
