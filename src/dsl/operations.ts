/** Primitive operations on expressions and weights, as `ops`: what layers of one's own are made of. */
export {
  abs,
  add,
  divide,
  elementwise,
  exp,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  power,
  relu,
  sigmoid,
  sqrt,
  square,
  subtract,
  tanh,
  type BinaryOperation,
  type UnaryOperation,
} from "./operations/elementwise.js";
export { biasAdd } from "./operations/bias-add.js";
export { conv2dOp as conv2d } from "./operations/conv2d-op.js";
export { matMul } from "./operations/mat-mul.js";
export { pad, reshape, slice, transpose } from "./operations/move.js";
export { operator } from "./operations/operator.js";
export { reduceMax, reduceMean, reduceSum, type Reduction } from "./operations/reduce.js";
