/** What a user can do wrong in training: each is one sentence, before anything runs where that can be known. */
import { pipe } from "fp-ts/lib/function.js";
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import {
  batchNormalization,
  conv2d,
  dense,
  f32,
  globalAvgPool2d,
  i32,
  input,
  model,
  relu,
  sigmoid,
  softmax,
  type Model,
} from "../../src/index.js";
import { lossNamed, metricNamed, optimizerNamed, scheduleNamed } from "../../src/train/index.js";
import * as t from "../../src/train/index.js";
import { examplesOf, logitsNet, smallNet } from "./small-task.js";

const softmaxNet = model(pipe(input([4]), dense({ units: 3 }), softmax));
const oneOutput: Model<unknown, unknown> = model(pipe(input([4]), dense({ units: 1 }), sigmoid));
const anySoftmaxNet: Model<unknown, unknown> = softmaxNet;
const anyLogitsNet: Model<unknown, unknown> = logitsNet;

const base = { backend: reference, model: anySoftmaxNet, loss: t.sparseCategoricalCrossentropy(), optimizer: t.adam() };

const failureOf = async (options: t.TrainerOptions): Promise<string | undefined> => {
  const made = await t.trainer(options)();
  if (E.isLeft(made)) return made.left.message;
  made.right.dispose();
  return undefined;
};

describe("options", () => {
  const bad: readonly (readonly [string, Partial<t.TrainerOptions>])[] = [
    [
      "adam: learningRate 0 is not above 0: use a number such as 0.001, or a schedule",
      { optimizer: t.adam({ learningRate: 0 }) },
    ],
    [
      "sgd: learningRate -1 is not above 0: use a number such as 0.001, or a schedule",
      { optimizer: t.sgd({ learningRate: -1 }) },
    ],
    [
      "adam: learningRate NaN is not above 0: use a number such as 0.001, or a schedule",
      { optimizer: t.adam({ learningRate: Number.NaN }) },
    ],
    ["sgd: momentum 1.5 is not in [0, 1]: use a number such as 0.9", { optimizer: t.sgd({ momentum: 1.5 }) }],
    ["adam: clipNorm and clipValue are given: use one of them", { optimizer: t.adam({ clipNorm: 1, clipValue: 1 }) }],
    [
      "adam: gradientAccumulationSteps 1.5 is not a whole number of at least 1: use 1 or more",
      { optimizer: t.adam({ gradientAccumulationSteps: 1.5 }) },
    ],
    [
      "cosineDecay: decaySteps 0 is not above 0: use a number such as 1000",
      { optimizer: t.adam({ learningRate: t.cosineDecay({ initialLearningRate: 0.1, decaySteps: 0 }) }) },
    ],
    [
      "piecewiseConstantDecay: 2 values for 2 boundaries: give one value more than boundaries",
      { optimizer: t.adam({ learningRate: t.piecewiseConstantDecay({ boundaries: [1, 2], values: [1, 2] }) }) },
    ],
    [
      "categoricalCrossentropy: labelSmoothing 1 is not in [0, 1): use a number such as 0.1",
      { loss: t.categoricalCrossentropy({ labelSmoothing: 1 }) },
    ],
    [
      "auc: numThresholds 1 is not a whole number of at least 2: use 2 or more",
      { metrics: [t.auc({ numThresholds: 1 })] },
    ],
    [
      "metrics: 'accuracy' is there twice: leave one out, or give it another name",
      { metrics: [t.accuracy(), t.accuracy()] },
    ],
    ["classWeights: there is no class 3: the model has classes 0 to 2", { classWeights: { 3: 1 } }],
    ["classWeights: the weight -1 of class 0 is not 0 or more: use a number such as 1", { classWeights: { 0: -1 } }],
    [
      "classWeights: mean_squared_error has no classes: use sampleWeights, one per example",
      { loss: t.meanSquaredError(), classWeights: { 0: 1 } },
    ],
    [
      "classWeights: there is no class 2: the model has classes 0 to 1",
      { model: oneOutput, loss: t.binaryCrossentropy(), classWeights: { 2: 1 } },
    ],
    [
      "loss: fromLogits is true, but the model ends in probabilities: drop its softmax or sigmoid, or fromLogits",
      { loss: t.sparseCategoricalCrossentropy({ fromLogits: true }) },
    ],
    [
      "sparse_categorical_crossentropy: the model ends in biasAdd, which gives no probabilities: end it in softmax or sigmoid, or use fromLogits: true",
      { model: anyLogitsNet },
    ],
    [
      "loss: the model has 1 output, and one class has nothing to choose from: give it an output per class, or use binaryCrossentropy",
      { model: oneOutput },
    ],
    [
      "metrics: one of them looks for the largest output, but the model has 1: use accuracy or binaryAccuracy",
      { model: oneOutput, loss: t.binaryCrossentropy(), metrics: [t.sparseTopKCategoricalAccuracy()] },
    ],
    [
      "metrics: one of them needs probabilities, but the loss says that the model gives logits: end it in softmax or sigmoid, without fromLogits",
      { model: anyLogitsNet, loss: t.sparseCategoricalCrossentropy({ fromLogits: true }), metrics: [t.auc()] },
    ],
    [
      "precision: the model ends in biasAdd, which gives no probabilities: end it in softmax or sigmoid",
      { model: anyLogitsNet, loss: t.meanSquaredError(), metrics: [t.precision()] },
    ],
    ["seed: 1.5 is no whole number: give one such as 0", { seed: 1.5 }],
    [
      "constraint: axis 2 is no axis of 'dense/kernel' [4, 3]: use axes from 0 to 1",
      { model: model(pipe(input([4]), dense({ units: 3, kernelConstraint: t.maxNorm({ axes: [2] }) }), softmax)) },
    ],
  ];

  test.each(bad)("%s", async (sentence, options) => {
    expect(await failureOf({ ...base, ...options })).toBe(sentence);
    expect(sentence.length).toBeLessThanOrEqual(200);
  });

  test("good ones are taken", async () => {
    expect(
      await failureOf({ ...base, metrics: [t.accuracy(), t.auc(), t.confusionMatrix()], classWeights: { 1: 0 } }),
    ).toBeUndefined();
  });
});

describe("names and options that only the run time knows", () => {
  test.each([
    [
      "loss: there is no 'crossentropy': use binary_crossentropy, categorical_crossentropy, binary_focal_crossentropy, …",
      lossNamed("crossentropy"),
    ],
    [
      "optimizer: there is no 'adm': use adam, adamw, nadam, adamax, sgd, lion, adagrad, adadelta, rmsprop",
      optimizerNamed("adm"),
    ],
    [
      "metric: there is no 'acuracy': use accuracy, auc, recall, binary_accuracy, f1_score, precision, categorical_accuracy, …",
      metricNamed("acuracy"),
    ],
    [
      "schedule: there is no 'cosine': use cosine_decay, cosine_decay_restarts, one_cycle, polynomial_decay, exponential_decay, …",
      scheduleNamed("cosine"),
    ],
    [
      "adam: it has no option 'beta3': use beta1, beta2, useEma, amsgrad, epsilon, weightDecay, clipNorm, clipValue, emaMomentum, learningRate, …",
      optimizerNamed("adam", { beta_3: 1 }),
    ],
    ["huber: delta 'x' is not above 0: use a number such as 1", lossNamed("huber", { delta: "x" })],
    ["meanSquaredError: it has no option 'delta': leave it out", lossNamed("mse", { delta: 1 })],
    [
      "exponentialDecay: decaySteps is missing: give a number such as 1000",
      scheduleNamed("exponential_decay", { initial_learning_rate: 1, decay_rate: 0.5 }),
    ],
  ])("%s", (message, made) => expect(made).toMatchObject({ left: { tag: "BadOption", message } }));

  test("Keras's names, class names and short names are known", () => {
    const names = ["mse", "KLDivergence", "SparseCategoricalCrossentropy", "log_cosh"].map((name) => lossNamed(name));
    const made = [
      ...names,
      metricNamed("acc"),
      metricNamed("AUC"),
      metricNamed("F1Score"),
      metricNamed("mae"),
      optimizerNamed("AdamW"),
      optimizerNamed("RMSprop"),
      optimizerNamed("SGD", { clipnorm: 1 }),
    ];
    expect(made.map((one) => ("right" in one ? one.right.name : one.left.message))).toEqual([
      "mean_squared_error",
      "kl_divergence",
      "sparse_categorical_crossentropy",
      "log_cosh",
      "accuracy",
      "auc",
      "f1_score",
      "mae",
      "adamw",
      "rmsprop",
      "sgd",
    ]);
  });
});

describe("data", () => {
  const make = (): Promise<t.Trainer> => orReject(t.trainer({ ...base, model: softmaxNet }));
  const train = examplesOf(10, 1);
  const cases: readonly (readonly [string, Partial<t.FitOptions>])[] = [
    [
      "train: there are no examples: give at least one",
      { train: { x: f32([0, 4], new Float32Array()), y: i32([0], new Int32Array()) } },
    ],
    [
      "labels: the data have 10 classes, and the model's output has 3: mend the data or the last layer",
      { train: { ...train, classes: 10 } },
    ],
    [
      "batch: 'input' is f32[10, 2, 2, 1], the model needs f32[10, 4]: give data of that shape",
      { train: { x: f32([10, 2, 2, 1], new Float32Array(40)), y: train.y } },
    ],
    [
      "batch: 'labels' is f32[10, 7], the model needs i32[10]: give data of that shape",
      { validation: { x: train.x, y: f32([10, 7], new Float32Array(70)) } },
    ],
    ["train: 10 inputs and 3 labels: give one label per input", { train: { x: train.x, y: examplesOf(3, 1).y } }],
    [
      "train: sampleWeights is [2] for 10 examples: give one weight per example",
      { train: { ...train, sampleWeights: f32([2], Float32Array.of(1, 1)) } },
    ],
    [
      "validationSplit: 1 leaves no examples for training or for validation: use a fraction such as 0.2",
      { validationSplit: 1 },
    ],
    ["validationSplit: validation data are given too: use one of them", { validationSplit: 0.5, validation: train }],
    ["epochs: 0 is no count: give a whole number of at least 1", { epochs: 0 }],
    ["batchSize: 2.5 is no size: give a whole number of at least 1", { batchSize: 2.5 }],
    [
      "sampleWeights: the weight -1 of example 0 of the batch is not 0 or more: use a number such as 1",
      { train: { ...train, sampleWeights: f32([10], new Float32Array(10).fill(-1)) } },
    ],
    [
      "labels: example 0 of the batch has the class 7, the model has classes 0 to 2: mend the data or the last layer",
      { train: { x: train.x, y: i32([10], new Int32Array(10).fill(7)) } },
    ],
  ];
  test.each(cases)("%s", async (message, options) => {
    const running = await make();
    expect(await t.fit(running, { train, epochs: 1, batchSize: 5, ...options })()).toMatchObject({ left: { message } });
    running.dispose();
  });

  test("whole numbers as float labels, and an axis of 1 more, are class numbers", async () => {
    const running = await make();
    const y = f32([10, 1], Float32Array.from(train.y.data));
    expect(await orReject(running.evaluateBatch({ x: train.x, y }))).toEqual(
      await orReject(running.evaluateBatch(train)),
    );
    running.dispose();
  });

  test("a batch of one example has no variance", async () => {
    const running = await orReject(t.trainer({ ...base, model: smallNet }));
    const message =
      "batchNormalization: a batch of one example has no variance to normalise by: choose a batch size that leaves no batch of one";
    for (const batchSize of [1, 3]) {
      const result = await t.fit(running, { train, epochs: 1, batchSize })();
      expect(result).toMatchObject({ left: { tag: "BadData", where: "stem/batchNormalization", message } });
    }
    expect(running.iterations()).toBe(0);
    running.dispose();
  });

  test("of an image it has", async () => {
    const net = model(
      pipe(
        input([4, 4, 1]),
        conv2d({ filters: 2, kernelSize: 3 }),
        batchNormalization(),
        relu,
        globalAvgPool2d,
        dense({ units: 3 }),
        softmax,
      ),
    );
    const running = await orReject(t.trainer({ ...base, model: net }));
    const result = await running.step({
      x: f32([1, 4, 4, 1], new Float32Array(16).fill(0.5)),
      y: i32([1], Int32Array.of(1)),
    })();
    expect(E.isRight(result)).toBe(true);
    running.dispose();
  });
});

describe("a loss that is no number", () => {
  test("is explained, and the step undone", async () => {
    const net = model(pipe(input([4]), dense({ units: 5 }), relu, dense({ units: 3 }), relu));
    const running = await orReject(
      t.trainer({
        backend: reference,
        model: net,
        loss: t.meanSquaredError(),
        optimizer: t.sgd({ learningRate: 1e30 }),
      }),
    );
    const [x, y] = [examplesOf(6, 1).x, f32([6, 3], new Float32Array(18).fill(1))];
    await orReject(running.step({ x, y }));
    let failed = await running.step({ x, y })();
    for (let more = 0; E.isRight(failed) && more < 5; more++) failed = await running.step({ x, y })();
    const before = await running.weights();
    expect(failed).toMatchObject({
      left: {
        tag: "Diverged",
        where: expect.stringMatching(/^step \d$/),
        message: expect.stringMatching(
          /^loss: it became (NaN|Infinity): lower the learning rate, .*(is 'dense(_1)?'|finite)$/,
        ),
      },
    });
    expect(await running.weights()).toEqual(before);
    running.dispose();
  });

  test("names the layer, the data, or the loss", async () => {
    const x = f32([2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const y = i32([2], Int32Array.of(0, 1));
    const running = await orReject(t.trainer({ ...base, model: softmaxNet }));
    const weights = new Map(await running.weights());
    weights.set("dense/bias", f32([3], Float32Array.of(Number.NaN, 0, 0)));
    expect(E.isRight(running.setWeights(weights))).toBe(true);
    expect(await running.step({ x, y })()).toMatchObject({
      left: {
        where: "step 1",
        message:
          "loss: it became NaN: lower the learning rate, or clip gradients (clipNorm: 1); the first layer with such values, in its weights already, is 'dense'",
      },
    });
    const holes = f32([2, 4], Float32Array.of(1, 2, 3, Number.NaN, 5, 6, 7, 8));
    expect(await running.step({ x: holes, y })()).toMatchObject({
      left: { message: "loss: it became NaN: mend the data: 'input' holds NaN or infinite values" },
    });
    running.dispose();
  });

  test("in fit it has its epoch and batch", async () => {
    const running = await orReject(t.trainer({ ...base, model: anySoftmaxNet, loss: t.poisson() }));
    const y = f32([10, 3], new Float32Array(30).fill(Number.POSITIVE_INFINITY));
    const result = await t.fit(running, { train: { x: examplesOf(10, 1).x, y }, epochs: 1, batchSize: 5 })();
    expect(result).toMatchObject({ left: { tag: "Diverged", where: "epoch 1, batch 1" } });
    running.dispose();
  });
});
