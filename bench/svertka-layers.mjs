/** The benchmark's vocabulary (models.mjs) in svertka's words. */
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
} from "svertka";

export const layers = {
  input: (shape) => input(shape),
  conv: (x, filters, kernelSize, options = {}) => conv2d({ filters, kernelSize, ...options })(x),
  depthwise: (x, kernelSize, options) => depthwiseConv2d({ kernelSize, ...options })(x),
  batchNorm: (x) => batchNormalization()(x),
  activation: (x, name) => activation({ name })(x),
  maxPool: (x, poolSize, options = {}) => maxPool2d({ poolSize, ...options })(x),
  globalAvgPool: (x) => globalAvgPool2d(x),
  flatten: (x) => flatten(x),
  dense: (x, units, name) => dense({ units, ...(name === undefined ? {} : { activation: name }) })(x),
  add: (a, b) => add(a, b),
};
