/** A1 and A3 of the lessons, layer by layer. */
import {
  conv2d,
  dense,
  flatten,
  input,
  maxPool2d,
  model,
  pipe,
  relu,
  softmax,
  type Expr,
  type Holds,
  type Model,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

const conv = pipe(input([28, 56, 3]), conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu" }));
const strided = pipe(conv, conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], activation: "relu" }));
const pooled = pipe(strided, maxPool2d({ poolSize: 3 }));
const flat = pipe(pooled, flatten);
export const a1 = pipe(flat, dense({ units: 3, activation: "softmax" }));
export type A1 = [
  Holds<Same<typeof conv, Expr<[28, 56, 8]>>>,
  Holds<Same<typeof strided, Expr<[13, 19, 5]>>>,
  Holds<Same<typeof pooled, Expr<[4, 6, 5]>>>,
  Holds<Same<typeof flat, Expr<[120]>>>,
  Holds<Same<typeof a1, Probabilities<[3]>>>,
];

export const a3 = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d(),
    flatten,
    dense({ units: 128, activation: "relu" }),
    dense({ units: 10 }),
    softmax,
  ),
);
export type A3 = Holds<Same<typeof a3, Model<unknown, Probabilities<[10]>>>>;
