/** The lesson's convnet on Fashion-MNIST: `npm start` trains it on the pictures in `data/`, `--data DIR` on the whole set. */
import { join } from "node:path";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, relu, softmax } from "svertka";
import { readFashionMnist, splitAt } from "svertka/data/node";
import { accuracy, adam, sparseCategoricalCrossentropy, task } from "svertka/train";

export const net = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d({ poolSize: 2 }),
    flatten,
    dense({ units: 128 }),
    relu,
    dense({ units: 10 }),
    softmax,
  ),
);

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam(),
  metrics: [accuracy()],
  epochs: 4,
  batchSize: 64,
  data:
    ({ dataDir }) =>
    async () => {
      const read = await readFashionMnist(dataDir ?? join(import.meta.dirname, "data"))();
      if (read._tag === "Left") return read;
      const { train, test, classNames } = read.right;
      // A tenth is held out: its curve shows how the net does on pictures that it does not learn from.
      const split = splitAt(train, Math.floor(0.9 * train.y.data.length));
      if (split._tag === "Left") return split;
      const [learnt, validation] = split.right;
      return { _tag: "Right", right: { train: learnt, validation, test, classNames } };
    },
});
