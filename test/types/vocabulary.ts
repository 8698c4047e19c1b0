/** The DSL as the nets and generated files of the type tests import it. */
export { flow, pipe } from "fp-ts/lib/function.js";
export { chain } from "../../src/dsl/chain.js";
export type { Expr, ShapeOf } from "../../src/dsl/expr.js";
export { input } from "../../src/dsl/input.js";
export type { AnyLayer, Apply, Layer } from "../../src/dsl/layer.js";
export { model, type Model } from "../../src/dsl/model.js";
export { named } from "../../src/dsl/named.js";
export type { Probabilities } from "../../src/dsl/probabilities.js";
export { residual, residualOf } from "../../src/dsl/residual.js";
export { sequential, type Sequential } from "../../src/dsl/sequential.js";
export { share } from "../../src/dsl/share.js";
export { strict, type Strict } from "../../src/dsl/strict.js";
export { add } from "../../src/ops/add.js";
export { avgPool2d } from "../../src/ops/avg-pool2d.js";
export { batchNormalization } from "../../src/ops/batch-normalization.js";
export { concatenate } from "../../src/ops/concatenate.js";
export { conv2d } from "../../src/ops/conv2d.js";
export { dense, type Dense } from "../../src/ops/dense.js";
export { dropout } from "../../src/ops/dropout.js";
export { flatten } from "../../src/ops/flatten.js";
export { globalAvgPool2d } from "../../src/ops/global-avg-pool2d.js";
export { leakyRelu } from "../../src/ops/leaky-relu.js";
export { logSoftmax } from "../../src/ops/log-softmax.js";
export { maxPool2d } from "../../src/ops/max-pool2d.js";
export { multiply } from "../../src/ops/multiply.js";
export { relu } from "../../src/ops/relu.js";
export { relu6 } from "../../src/ops/relu6.js";
export { reshape } from "../../src/ops/reshape.js";
export { sigmoid } from "../../src/ops/sigmoid.js";
export { softmax, type Softmax } from "../../src/ops/softmax.js";
export { tanh } from "../../src/ops/tanh.js";
export { zeroPadding2d } from "../../src/ops/zero-padding2d.js";
export type { Dim, Shape, ShapeError } from "../../src/shape/shape.js";

/** Whether two types are the same, not only assignable. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only for `true`. */
export type Holds<T extends true> = T;
