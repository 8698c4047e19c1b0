/** Xception (Chollet 2016), fig. 5: separable convolutions with residuals. */
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  globalAvgPool2d,
  input,
  maxPool2d,
  pipe,
  relu,
  residual,
  separableConv2d,
  sequential,
  type AnyLayer,
  type Expr,
  type Holds,
  type Probabilities,
  type Same,
  type Shape,
} from "../vocabulary.js";

const normalize = batchNormalization();
const conv = <F extends number, St extends number>(filters: F, strides: St) =>
  sequential(conv2d({ filters, kernelSize: 3, strides, useBias: false }), normalize, relu);
const separable = <F extends number>(filters: F) =>
  sequential(separableConv2d({ filters, kernelSize: 3, padding: "same", useBias: false }), normalize);
const pool = maxPool2d({ poolSize: 3, strides: 2, padding: "same" });
const down =
  <F extends number, L extends AnyLayer>(filters: F, body: L) =>
  <S extends Shape>(x: Expr<S>) =>
    add(
      pipe(x, sequential(body, pool)),
      pipe(x, conv2d({ filters, kernelSize: 1, strides: 2, padding: "same", useBias: false }), normalize),
    );
const entry = <F extends number>(filters: F) =>
  down(filters, sequential(relu, separable(filters), relu, separable(filters)));
const middle = residual(relu, separable(728), relu, separable(728), relu, separable(728));

const stem = pipe(input([299, 299, 3]), conv(32, 2), conv(64, 1));
const block2 = pipe(stem, down(128, sequential(separable(128), relu, separable(128))));
const block3 = pipe(block2, entry(256));
const block4 = pipe(block3, entry(728));
const block12 = pipe(block4, middle, middle, middle, middle, middle, middle, middle, middle);
const block13 = pipe(block12, down(1024, sequential(relu, separable(728), relu, separable(1024))));
const block14 = pipe(block13, separable(1536), relu, separable(2048), relu);
export const xception = pipe(block14, globalAvgPool2d, dense({ units: 1000, activation: "softmax" }));
export type Xception = [
  Holds<Same<typeof stem, Expr<[147, 147, 64]>>>,
  Holds<Same<typeof block2, Expr<[74, 74, 128]>>>,
  Holds<Same<typeof block3, Expr<[37, 37, 256]>>>,
  Holds<Same<typeof block4, Expr<[19, 19, 728]>>>,
  Holds<Same<typeof block12, Expr<[19, 19, 728]>>>,
  Holds<Same<typeof block13, Expr<[10, 10, 1024]>>>,
  Holds<Same<typeof block14, Expr<[10, 10, 2048]>>>,
  Holds<Same<typeof xception, Probabilities<[1000]>>>,
];
