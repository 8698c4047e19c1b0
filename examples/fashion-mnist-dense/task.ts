/** Fashion-MNIST by dense layers alone: the whole picture at once, no convolution. It is what the convnet is compared with. */
import { join } from "node:path";
import { dense, flatten, input, model, pipe, softmax } from "svertka";
import { readFashionMnist } from "svertka/data/node";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";

export const net = model(
  pipe(
    input([28, 28, 1]),
    flatten, // Expr<[784]>
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
  epochs: 5,
  // The part of the set that the convnet's example carries, unless `--data DIR` names the folder of the whole.
  data: ({ dataDir }) => readFashionMnist(dataDir ?? join(import.meta.dirname, "../fashion-mnist/data")),
});
