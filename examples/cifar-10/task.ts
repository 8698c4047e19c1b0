/** The open task: at least 70 % on CIFAR-10's test pictures within 10 epochs. Batch normalisation, augmentation, a learning rate that falls. */
import * as TE from "fp-ts/lib/TaskEither.js";
import { batchNormalization, conv2d, dense, dropout, globalAvgPool2d, input } from "svertka";
import { maxPool2d, model, pipe, relu, sequential, softmax } from "svertka";
import { map, randomFlip, randomTranslation } from "svertka/data";
import { accuracy, adam, callback, sparseCategoricalCrossentropy, task } from "svertka/train";
import { cifarOrDrawn } from "../drawn-pictures/cifar-or-drawn.js";

/** Convolution, batch normalisation, relu; twice, so that one place sees 5x5 pixels. */
const twice = <F extends number>(filters: F) =>
  sequential(
    conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization({ momentum: 0.9 }),
    relu,
    conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization({ momentum: 0.9 }),
    relu,
  );

export const net = model(
  input([32, 32, 3]),
  sequential(
    twice(32), // [32, 32, 32]
    maxPool2d(),
    twice(64), // [16, 16, 64]
    maxPool2d(),
    twice(128), // [8, 8, 128]
    globalAvgPool2d, // [128]
    dropout({ rate: 0.2 }),
    dense({ units: 10 }),
    softmax,
  ),
);

/** From 0.002 in a straight line to a tenth of it in the last epoch, however many steps an epoch has. */
const falling = callback({
  onEpochBegin: ({ epoch, epochs, trainer }) => TE.fromEither(trainer.setLearningRate(2e-3 * (1 - epoch / epochs))),
});

export default task({
  model: net,
  loss: sparseCategoricalCrossentropy(),
  optimizer: adam(),
  metrics: [accuracy()],
  callbacks: [falling],
  epochs: 10,
  batchSize: 64,
  data: (request) =>
    pipe(
      cifarOrDrawn(request),
      TE.map(({ train, ...rest }) => ({
        ...rest,
        train: pipe(
          train,
          map(randomFlip({ mode: "horizontal" })),
          map(randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 })),
        ),
      })),
    ),
});
