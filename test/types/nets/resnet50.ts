/** ResNet-50 (He et al. 2015) with fp-ts `flow`: blocks are generic functions over any shape; as Keras has it, with bias. */
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  flow,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  relu,
  residualOf,
  zeroPadding2d,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const convolution = <F extends number, K extends number, St extends number>(filters: F, kernelSize: K, strides: St) =>
  flow(conv2d({ filters, kernelSize, strides, padding: "same" }), batchNormalization());
const body = <F extends number, E extends number, St extends number>(filters: F, expanded: E, strides: St) =>
  flow(convolution(filters, 1, strides), relu, convolution(filters, 3, 1), relu, convolution(expanded, 1, 1));
const identity = <F extends number, E extends number>(filters: F, expanded: E) =>
  flow(residualOf(body(filters, expanded, 1)), relu);
const project =
  <F extends number, E extends number, St extends number>(filters: F, expanded: E, strides: St) =>
  <S extends Shape>(x: Expr<S>) =>
    pipe(add(pipe(x, body(filters, expanded, strides)), pipe(x, convolution(expanded, 1, strides))), relu);

const stem = pipe(
  input([224, 224, 3]),
  zeroPadding2d({ padding: 3 }),
  conv2d({ filters: 64, kernelSize: 7, strides: 2 }),
  batchNormalization(),
  relu,
  zeroPadding2d(),
  maxPool2d({ poolSize: 3, strides: 2 }),
);
const stage2 = pipe(stem, project(64, 256, 1), identity(64, 256), identity(64, 256));
const stage3 = pipe(stage2, project(128, 512, 2), identity(128, 512), identity(128, 512), identity(128, 512));
const stage4 = pipe(
  stage3,
  project(256, 1024, 2),
  identity(256, 1024),
  identity(256, 1024),
  identity(256, 1024),
  identity(256, 1024),
  identity(256, 1024),
);
const stage5 = pipe(stage4, project(512, 2048, 2), identity(512, 2048), identity(512, 2048));
export const resnet50 = pipe(stage5, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type ResNet50 = [
  Holds<Same<typeof stem, Expr<[56, 56, 64]>>>,
  Holds<Same<typeof stage2, Expr<[56, 56, 256]>>>,
  Holds<Same<typeof stage3, Expr<[28, 28, 512]>>>,
  Holds<Same<typeof stage4, Expr<[14, 14, 1024]>>>,
  Holds<Same<typeof stage5, Expr<[7, 7, 2048]>>>,
  Holds<Same<typeof resnet50, Probabilities<[1000]>>>,
];
