/** The vocabulary of bench/models.mjs in svertka's words. */
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  flatten,
  globalAvgPool2d,
  input,
  maxPool2d,
  type AnyExpr,
} from "svertka";
import type { Vocabulary } from "../../../bench/models.mjs";

/** A word's function, for expressions whose types are known at run time only. */
const untyped = (word: unknown): ((...args: readonly AnyExpr[]) => AnyExpr) =>
  word as (...args: readonly AnyExpr[]) => AnyExpr; // sound: words take expressions and give one; mistakes are values in it

export const layers: Vocabulary<AnyExpr> = {
  input: (shape) => input([...shape]),
  conv: (x, filters, kernelSize, options = {}) => untyped(conv2d({ filters, kernelSize, ...options }))(x),
  depthwise: (x, kernelSize, options) => untyped(depthwiseConv2d({ kernelSize, ...options }))(x),
  batchNorm: (x) => untyped(batchNormalization())(x),
  activation: (x, name) => untyped(activation({ name }))(x),
  maxPool: (x, poolSize, options = {}) => untyped(maxPool2d({ poolSize, ...options }))(x),
  globalAvgPool: (x) => untyped(globalAvgPool2d)(x),
  flatten: (x) => untyped(flatten)(x),
  dense: (x, units, name) => untyped(dense({ units, ...(name === undefined ? {} : { activation: name }) }))(x),
  add: (a, b) => untyped(add)(a, b),
};
