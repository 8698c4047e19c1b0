/** What can be wrong with several inputs and outputs: each is one sentence, before the first step. */
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { add, dense, f32, i32, input, model, pipe, softmax, type Model, type NdArray } from "../../src/index.js";
import * as t from "../../src/train/index.js";

const left = input([4]);
const right = input([4]);
const merged = add(left, right);
const net: Model<unknown, unknown> = model({
  inputs: { left, right },
  outputs: { digit: pipe(merged, dense({ units: 3 }), softmax), box: pipe(merged, dense({ units: 2 })) },
});
const loss: t.LossesByOutput = { digit: t.sparseCategoricalCrossentropy(), box: t.meanSquaredError() };
const base: t.TrainerOptions = { model: net, backend: reference, optimizer: t.adam(), loss };

const zeros = (...shape: readonly number[]): NdArray<"f32"> =>
  f32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
const classes = (count: number): NdArray<"i32"> => i32([count], new Int32Array(count));
const x = { left: zeros(6, 4), right: zeros(6, 4) };
const y = { digit: classes(6), box: zeros(6, 2) };

describe("options", () => {
  test.each<readonly [string, Partial<t.TrainerOptions>]>([
    [
      "loss: the model has several outputs: give one for each by its name, as { digit: meanSquaredError() }",
      { loss: t.meanSquaredError() },
    ],
    [
      "loss: none is given for the output 'box': give one, or null where nothing is to be learned",
      { loss: { digit: t.sparseCategoricalCrossentropy() } },
    ],
    ["loss: the model has no output 'boks': perhaps 'box' is meant", { loss: { ...loss, boks: t.meanSquaredError() } }],
    ["loss: it is null for every output: give a loss for at least one", { loss: { digit: null, box: null } }],
    [
      "metrics: the model has several outputs: give a list for each by its name, as { digit: [accuracy()] }",
      { metrics: [t.accuracy()] },
    ],
    ["metrics: the model has no output 'dig': perhaps 'digit' is meant", { metrics: { dig: [t.accuracy()] } }],
    [
      "metrics: the output 'box' has no loss, which says what its labels are: give it one, of weight 0",
      { loss: { ...loss, box: null }, metrics: { box: [t.meanOf(t.meanAbsoluteError())] } },
    ],
    [
      "metrics: 'digit_accuracy' is there twice: leave one out, or give it another name",
      { metrics: { digit: [t.accuracy(), t.accuracy()] } },
    ],
    [
      "metrics: 'digit_loss' is there twice: leave one out, or give it another name",
      { metrics: { digit: [t.meanOf(t.sparseCategoricalCrossentropy(), "loss")] } },
    ],
    ["lossWeights: the model has no output 'bx': perhaps 'box' is meant", { lossWeights: { bx: 1 } }],
    ["lossWeights: the weight -1 of 'box' is not 0 or more: use a number such as 0.5", { lossWeights: { box: -1 } }],
    [
      "lossWeights: the output 'box' has no loss to weigh: leave it out",
      { loss: { ...loss, box: null }, lossWeights: { box: 1 } },
    ],
    [
      "sparse_categorical_crossentropy: the model ends in biasAdd, which gives no probabilities: end it in softmax or sigmoid, or use fromLogits: true",
      { loss: { digit: t.meanSquaredError(), box: t.sparseCategoricalCrossentropy() } },
    ],
    [
      "loss: fromLogits is true, but the model ends in probabilities: drop its softmax or sigmoid, or fromLogits",
      { loss: { ...loss, digit: t.sparseCategoricalCrossentropy({ fromLogits: true }) } },
    ],
    [
      "categoricalCrossentropy: labelSmoothing 1 is not in [0, 1): use a number such as 0.1",
      { loss: { ...loss, digit: t.categoricalCrossentropy({ labelSmoothing: 1 }) } },
    ],
    [
      "classWeights: several outputs have a loss: use sampleWeights by output name, one per example",
      { classWeights: { 0: 2 } },
    ],
    [
      "weightedMetrics: own says nothing of weights: put it into metrics, or give it weighs: true and have its sums heed them",
      {
        weightedMetrics: {
          box: [{ ...t.meanOf(t.meanSquaredError(), "own"), weighs: undefined }],
        },
      },
    ],
  ])("%s", async (message, options) => {
    const made = await t.trainer({ ...base, ...options })();
    if (E.isRight(made)) made.right.dispose();
    expect(made).toMatchObject({ left: { message } });
    expect(message.length).toBeLessThanOrEqual(200);
  });
});

describe("data", () => {
  const cases: readonly (readonly [string, Partial<t.FitOptions>])[] = [
    ["labels: 2 outputs have a loss: give labels for each by its name (digit, box)", { train: { x, y: classes(6) } }],
    [
      "labels: none are given for the output 'box': give them, or null in place of its loss",
      { train: { x, y: { digit: classes(6) } } },
    ],
    [
      "labels: the model has no output 'other': perhaps 'box' is meant",
      { train: { x, y: { ...y, other: zeros(6, 2) } } },
    ],
    [
      "train: 6 labels and 5 for 'box': give each output a label per example",
      { train: { x, y: { ...y, box: zeros(5, 2) } } },
    ],
    [
      "train: 5 inputs 'right' and 6 labels: give one label per input",
      { train: { x: { ...x, right: zeros(5, 4) }, y } },
    ],
    [
      "batch: the model has 2 inputs: give an array for each by its name (left, right)",
      { train: { x: zeros(6, 4), y } },
    ],
    ["batch: nothing is given for the input 'right': give f32[6, 4]", { train: { x: { left: x.left }, y } }],
    [
      "batch: the model has no input 'top': its inputs are left, right",
      { train: { x: { ...x, top: zeros(6, 4) }, y } },
    ],
    [
      "batch: 'labels/box' is f32[6, 3], the model needs f32[6, 2]: give data of that shape",
      { train: { x, y: { ...y, box: zeros(6, 3) } } },
    ],
    [
      "labels: example 0 of the batch has the class 9, the model has classes 0 to 2: mend the data or the last layer",
      { train: { x, y: { ...y, digit: i32([6], new Int32Array(6).fill(9)) } } },
    ],
    [
      "train: sampleWeights is [5] for 6 examples: give one weight per example",
      { train: { x, y, sampleWeights: { box: zeros(5) } } },
    ],
    [
      "sampleWeights: the model has no output 'bo': perhaps 'box' is meant",
      { train: { x, y, sampleWeights: { bo: zeros(6) } } },
    ],
    [
      "validation: 6 labels and 4 for 'box': give each output a label per example",
      { validation: { x, y: { ...y, box: zeros(4, 2) } } },
    ],
    [
      "train: 4 inputs 'left' and 6 labels: give one label per input",
      { train: { x: { ...x, left: zeros(4, 4) }, y }, validationSplit: 0.5 },
    ],
  ];
  test.each(cases)("%s", async (message, options) => {
    const running = await orReject(t.trainer(base));
    const said = await t.fit(running, { train: { x, y }, epochs: 1, batchSize: 3, ...options })();
    running.dispose();
    expect(said).toMatchObject({ left: { tag: "BadData", message } });
    expect(message.length).toBeLessThanOrEqual(200);
  });

  test("evaluate says it too", async () => {
    const running = await orReject(t.trainer(base));
    const said = await t.evaluate(running, { x: { ...x, left: zeros(2, 4) }, y })();
    running.dispose();
    expect(said).toMatchObject({
      left: { message: "evaluate: 2 inputs 'left' and 6 labels: give one label per input" },
    });
  });
});

test("callbacks watch an output's loss, and which way is better follows from it", async () => {
  const running = await orReject(t.trainer({ ...base, metrics: { digit: [t.accuracy()] } }));
  const callbacks = [t.earlyStopping({ monitor: "val_digit_loss", patience: 1, restoreBestWeights: true })];
  const data = { x, y };
  const result = await orReject(t.fit(running, { train: data, validation: data, epochs: 2, batchSize: 3, callbacks }));
  running.dispose();
  expect(Object.keys(result.history).sort()).toEqual(
    ["box_loss", "digit_accuracy", "digit_loss", "loss"].flatMap((name) => [name, `val_${name}`]).sort(),
  );
  expect(running.metrics.find(({ name }) => name === "digit_loss")?.better).toBe("smaller");
});
