/** Inception-like branches: convolutions of several sizes side by side on one picture, joined along the channels. */
import {
  concatenate,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  maxPool2d,
  model,
  pipe,
  softmax,
  type Expr,
} from "svertka";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

const convolution = <F extends number, const K extends number>(filters: F, kernelSize: K) =>
  conv2d({ filters, kernelSize, padding: "same", activation: "relu" });

const stem: Expr<[16, 16, 24]> = pipe(input([32, 32, 3]), convolution(24, 3), maxPool2d());

const point: Expr<[16, 16, 16]> = pipe(stem, convolution(16, 1));
const middle: Expr<[16, 16, 24]> = pipe(stem, convolution(12, 1), convolution(24, 3));
const wide: Expr<[16, 16, 8]> = pipe(stem, convolution(4, 1), convolution(8, 5));
const strongest: Expr<[16, 16, 8]> = pipe(
  stem,
  maxPool2d({ poolSize: 3, strides: 1, padding: "same" }),
  convolution(8, 1),
);
// 16 + 24 + 8 + 8 channels; a branch of another height or width would be an error here.
const joined: Expr<[16, 16, 56]> = concatenate([point, middle, wide, strongest]);

const pooled: Expr<[64]> = pipe(joined, maxPool2d(), convolution(64, 3), globalAvgPool2d);
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
