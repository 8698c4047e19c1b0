/** DenseNet-121 (Huang et al. 2016): 58 units that each concatenate 32 channels, in `pipe` and `flow`. */
import {
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  flow,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  relu,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const normalize = batchNormalization();
const grow = flow(
  normalize,
  relu,
  conv2d({ filters: 128, kernelSize: 1, useBias: false }),
  normalize,
  relu,
  conv2d({ filters: 32, kernelSize: 3, padding: "same", useBias: false }),
);
const unit = <S extends Shape>(x: Expr<S>) => concatenate([x, grow(x)]);
const transition = <F extends number>(filters: F) =>
  flow(normalize, relu, conv2d({ filters, kernelSize: 1, useBias: false }), avgPool2d());

const stem = pipe(
  input([224, 224, 3]),
  conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: "same", useBias: false }),
  normalize,
  relu,
  maxPool2d({ poolSize: 3, strides: 2, padding: "same" }),
);
const block1 = pipe(stem, unit, unit, unit, unit, unit, unit);
const block2 = pipe(block1, transition(128), unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit);
const half3 = pipe(block2, transition(256), unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit);
const block3 = pipe(half3, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit, unit);
const half4 = pipe(block3, transition(512), unit, unit, unit, unit, unit, unit, unit, unit);
const block4 = pipe(half4, unit, unit, unit, unit, unit, unit, unit, unit);
export const densenet121 = pipe(
  block4,
  normalize,
  relu,
  globalAvgPool2d,
  dense({ units: 1000, activation: "softmax" }),
);
export type DenseNet121 = [
  Holds<Same<typeof block1, Expr<[56, 56, 256]>>>,
  Holds<Same<typeof block2, Expr<[28, 28, 512]>>>,
  Holds<Same<typeof block3, Expr<[14, 14, 1024]>>>,
  Holds<Same<typeof block4, Expr<[7, 7, 1024]>>>,
  Holds<Same<typeof densenet121, Probabilities<[1000]>>>,
];
