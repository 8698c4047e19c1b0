/** Handwritten digits by one convolution: `data/` has 10,000 of them, `--data DIR` names the folder of all. */
import { join } from "node:path";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, softmax } from "svertka";
import { readMnist } from "svertka/data/node";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";

export const net = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 16, kernelSize: 3, activation: "relu" }), // Expr<[26, 26, 16]>
    maxPool2d({ poolSize: 2 }), // Expr<[13, 13, 16]>
    flatten, // Expr<[2704]>
    dense({ units: 128, activation: "relu" }),
    dense({ units: 10 }),
    softmax, // Probabilities<[10]>
  ),
);

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam(),
  metrics: [accuracy()],
  epochs: 10,
  data: ({ dataDir }) => readMnist(dataDir ?? join(import.meta.dirname, "data")),
});
