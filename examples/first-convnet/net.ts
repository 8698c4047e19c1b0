/** The lesson's first convnet: two convolutions, one with a rectangular kernel and strides; every shape is in its type. */
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, softmax, type Expr } from "svertka";

const features: Expr<[4, 6, 5]> = pipe(
  input([28, 56, 3]),
  conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu" }), // Expr<[28, 56, 8]>
  conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], activation: "relu" }), // Expr<[13, 19, 5]>
  maxPool2d({ poolSize: 3 }),
);

export default model(pipe(features, flatten, dense({ units: 3 }), softmax));
