/** `svertka distribute`: what it writes, in Keras's words, and what it refuses before anything is written. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { orThrow } from "../../src/errors.js";
import { readNpy } from "../../src/io/npy.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();

const taskFile = (name: string, fields: string, net = "pipe(input([4]), dense({ units: 3 }), softmax)"): string =>
  work.file(
    `${name}.ts`,
    `import { dense, f32, i32, input, model, pipe, softmax } from "svertka";
     import * as train from "svertka/train";
     const { accuracy, adam, cosineDecay, oneCycle, sgd, sparseCategoricalCrossentropy, task } = train;
     const x = f32([6, 4], Float32Array.from({ length: 24 }, (_, i) => i / 10));
     const y = i32([6], Int32Array.of(0, 1, 2, 0, 1, 2));
     export default task({
       model: model(${net}), loss: sparseCategoricalCrossentropy(), optimizer: adam(), epochs: 2, batchSize: 3, seed: 7,
       data: () => async () => ({ _tag: "Right", right: { train: { x, y } } }),
       ${fields}
     });`,
  );

test("writes the model, the data, the plan in Keras's words and the program", async () => {
  const task = taskFile(
    "good",
    `optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: 10 }), beta1: 0.8, clipNorm: 1, weightDecay: 0.1 }),
     metrics: [accuracy()], classWeights: { 1: 2 }, callbacks: [train.earlyStopping({ monitor: "loss" })],`,
  );
  const outcome = await svertka("distribute", task, "--output", work.path("job"), "--epochs", "5", "--json");
  expect(outcome).toMatchObject({ code: 0 });
  expect(JSON.parse(outcome.stdout)).toEqual({ out: work.path("job"), examples: 6, epochs: 5, batchSize: 3 });
  expect(outcome.stderr).toContain("callbacks are not carried over");
  expect(outcome.stderr).toContain("clipped on each machine");
  expect(work.list("job")).toEqual([
    "data",
    "data/train-weights.npy",
    "data/train-x.npy",
    "data/train-y.npy",
    "model.keras",
    "plan.json",
    "train.py",
  ]);
  expect(JSON.parse(readFileSync(work.path("job/plan.json"), "utf8"))).toEqual({
    seed: 7,
    epochs: 5,
    batch_size: 3,
    optimizer: {
      name: "adam",
      options: {
        learning_rate: { name: "cosine_decay", options: { initial_learning_rate: 0.01, decay_steps: 10 } },
        beta_1: 0.8,
        beta_2: 0.999,
        epsilon: 1e-7,
        clipnorm: 1,
        weight_decay: 0.1,
      },
    },
    loss: [{ name: "sparse_categorical_crossentropy", options: {} }],
    loss_weights: [1],
    metrics: [["accuracy"]],
    data: { train: { x: ["train-x"], y: ["train-y"], weights: ["train-weights"] }, validation: null },
  });
  const weights = orThrow(readNpy(readFileSync(work.path("job/data/train-weights.npy")), "weights"));
  expect([...weights.data]).toEqual([1, 2, 1, 1, 2, 1]);
});

test.each([
  [
    "a schedule that Keras has not",
    "optimizer: sgd({ learningRate: oneCycle({ maximalLearningRate: 0.1, totalSteps: 9 }) }),",
    3,
    "one_cycle",
  ],
  ["paths of weights to train", 'trainable: ["dense"],', 3, "trainable is not carried over"],
  [
    "weights that do not decay",
    'optimizer: adam({ excludeFromWeightDecay: ["dense/bias"] }),',
    3,
    "excludeFromWeightDecay",
  ],
  [
    "data that do not fit",
    "data: () => async () => ({ _tag: 'Right', right: { train: { x: f32([6, 5], new Float32Array(30)), y } } }),",
    2,
    "4",
  ],
])("refuses %s, and writes nothing", async (name, fields, code, sentence) => {
  const output = work.path(`refused-${name.replaceAll(" ", "-")}`);
  const outcome = await svertka("distribute", taskFile("refused", fields), "--output", output);
  expect(outcome.code, outcome.stderr).toBe(code);
  expect(outcome.stderr).toContain(sentence);
  expect(existsSync(output)).toBe(false);
});

test("refuses a folder with the backup of a run that has not ended", async () => {
  mkdirSync(work.path("busy/backup"), { recursive: true });
  const outcome = await svertka("distribute", taskFile("again", ""), "--output", work.path("busy"));
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("has the backup of a run that has not ended");
  expect(work.list("busy")).toEqual(["backup"]);
});
