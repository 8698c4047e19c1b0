/** LeNet-5 (LeCun et al. 1998) as one `pipe`. */
import {
  avgPool2d,
  conv2d,
  dense,
  flatten,
  input,
  pipe,
  type Holds,
  type Probabilities,
  type Same,
} from "../vocabulary.js";

export const lenet = pipe(
  input([28, 28, 1]),
  conv2d({ filters: 6, kernelSize: 5, padding: "same", activation: "tanh" }),
  avgPool2d({ poolSize: 2 }),
  conv2d({ filters: 16, kernelSize: 5, activation: "tanh" }),
  avgPool2d({ poolSize: 2 }),
  flatten,
  dense({ units: 120, activation: "tanh" }),
  dense({ units: 84, activation: "tanh" }),
  dense({ units: 10, activation: "softmax" }),
);
export type LeNet = Holds<Same<typeof lenet, Probabilities<[10]>>>;
