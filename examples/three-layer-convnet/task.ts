/** CIFAR-10 by two convolutions and one dense layer, zero padding in numbers, plain SGD. */
import { conv2d, dense, flatten, input, model, pipe, relu } from "svertka";
import { accuracy, sgd, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

export const net = model(
  pipe(
    input([32, 32, 3]),
    conv2d({ filters: 32, kernelSize: 5, padding: 2 }), // Expr<[32, 32, 32]>
    relu,
    conv2d({ filters: 16, kernelSize: 3, padding: 1 }), // Expr<[32, 32, 16]>
    relu,
    flatten,
    dense({ units: 10 }), // Expr<[10]>: logits
  ),
);

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy({ fromLogits: true }),
  optimizer: sgd({ learningRate: 3e-3 }),
  metrics: [accuracy()],
  epochs: 1,
  batchSize: 64,
  data: cifarOrDrawn,
});
