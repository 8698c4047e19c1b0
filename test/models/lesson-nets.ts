/** The lesson nets that Keras computed golden values for, as typed expressions, each with its loss and optimiser. */
import { pipe } from "fp-ts/lib/function.js";
import { input } from "../../src/dsl/input.js";
import { model, type Model } from "../../src/dsl/model.js";
import {
  add,
  avgPool2d,
  batchNormalization,
  concatenate,
  conv2d,
  dense,
  flatten,
  globalAvgPool2d,
  maxPool2d,
  relu,
  sigmoid,
  softmax,
  zeroPadding2d,
} from "../../src/ops/index.js";
import {
  adam,
  binaryCrossentropy,
  sgd,
  sparseCategoricalCrossentropy,
  type Loss,
  type Optimizer,
} from "../../src/train/index.js";

export interface LessonNet {
  readonly model: Model<unknown, unknown>;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
}

/** The lesson's first convnet: two convolutions, one of them with a rectangular kernel and strides. */
export const a1 = model(
  pipe(
    input([28, 56, 3]),
    conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu" }),
    conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], activation: "relu" }),
    maxPool2d({ poolSize: 3 }),
    flatten,
    dense({ units: 3 }),
    softmax,
  ),
);

/** The Fashion-MNIST convnet. */
export const a3 = model(
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

/** Car or truck. */
export const a5 = model(
  pipe(
    input([128, 128, 3]),
    conv2d({ filters: 32, kernelSize: 5, padding: "same", activation: "relu" }),
    maxPool2d(),
    conv2d({ filters: 64, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPool2d(),
    conv2d({ filters: 128, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPool2d(),
    flatten,
    dense({ units: 6, activation: "relu" }),
    dense({ units: 1 }),
    sigmoid,
  ),
);

/** The two-layer net on CIFAR-10's shapes; it ends in logits. */
export const a6 = model(
  pipe(input([32, 32, 3]), flatten, dense({ units: 4000, activation: "relu" }), dense({ units: 10 })),
);

/** The three-layer convnet, its padding as layers of their own. */
export const a7 = model(
  pipe(
    input([32, 32, 3]),
    zeroPadding2d({ padding: 2 }),
    conv2d({ filters: 32, kernelSize: 5, activation: "relu" }),
    zeroPadding2d({ padding: 1 }),
    conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
    flatten,
    dense({ units: 10 }),
  ),
);

/** The same net, its padding as an option of the convolutions. */
export const a8 = model(
  pipe(
    input([32, 32, 3]),
    conv2d({ filters: 32, kernelSize: 5, padding: 2, activation: "relu" }),
    conv2d({ filters: 16, kernelSize: 3, padding: 1, activation: "relu" }),
    flatten,
    dense({ units: 10 }),
  ),
);

const l2 = { l1: 0, l2: 1e-3 };
const convolution = { padding: "same", kernelRegularizer: l2 } as const;

/** Batch normalisation, a residual sum, a concatenation, L2: what the lesson nets lack. */
const batchNormNet = () => {
  const image = input([16, 16, 3]);
  const block = pipe(
    image,
    conv2d({ ...convolution, filters: 8, kernelSize: 3, useBias: false }),
    batchNormalization(),
    relu,
  );
  const residual = pipe(
    block,
    conv2d({ ...convolution, filters: 8, kernelSize: 3, useBias: false }),
    batchNormalization(),
  );
  const pooled = pipe(add(residual, block), relu, avgPool2d());
  const branch = pipe(pooled, conv2d({ ...convolution, filters: 4, kernelSize: 1, activation: "relu" }));
  return model(pipe(concatenate([pooled, branch]), globalAvgPool2d, dense({ units: 5 }), softmax));
};
export const bn = batchNormNet();

const fromLogits = sparseCategoricalCrossentropy({ fromLogits: true });

/** By the names of the fixtures in test/fixtures/models. */
export const lessonNets = {
  a1: { model: a1, loss: sparseCategoricalCrossentropy(), optimizer: adam() },
  a3: { model: a3, loss: sparseCategoricalCrossentropy(), optimizer: adam() },
  a5: { model: a5, loss: binaryCrossentropy(), optimizer: adam({ epsilon: 0.01 }) },
  a6: { model: a6, loss: fromLogits, optimizer: sgd({ learningRate: 1e-2 }) },
  a7: { model: a7, loss: fromLogits, optimizer: sgd({ learningRate: 3e-3 }) },
  a8: { model: a8, loss: fromLogits, optimizer: sgd({ learningRate: 3e-3, momentum: 0.9, nesterov: true }) },
  bn: { model: bn, loss: sparseCategoricalCrossentropy(), optimizer: adam() },
} as const satisfies Readonly<Record<string, LessonNet>>;

export type LessonNetName = keyof typeof lessonNets;
