/** CIFAR-10 without a convolution: two dense layers, He-normal weights, plain SGD. What the convnets are compared with. */
import { dense, flatten, heNormal, input, model, pipe, relu } from "svertka";
import { accuracy, sgd, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

export const net = model(
  pipe(
    input([32, 32, 3]),
    flatten, // Expr<[3072]>
    dense({ units: 4000, kernelInitializer: heNormal }),
    relu,
    dense({ units: 10, kernelInitializer: heNormal }), // Expr<[10]>: logits, not probabilities
  ),
);

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy({ fromLogits: true }),
  optimizer: sgd({ learningRate: 1e-2 }),
  metrics: [accuracy()],
  epochs: 1,
  batchSize: 64,
  data: cifarOrDrawn,
});
