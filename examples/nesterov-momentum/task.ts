/** The three-layer convnet again, with Nesterov momentum: the same net learns in one epoch what plain SGD does not. */
import { accuracy, sgd, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";
import { net } from "../three-layer-convnet/task.js";

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy({ fromLogits: true }),
  optimizer: sgd({ learningRate: 3e-3, momentum: 0.9, nesterov: true }),
  metrics: [accuracy()],
  epochs: 1,
  batchSize: 64,
  data: cifarOrDrawn,
});
