/** `svertka fit`: the numbers of the API, what it writes, and what it refuses without writing anything. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { f32, i32 } from "../../src/data/index.js";
import { conv2d, dense, flatten, input, model, orReject, orThrow, pipe, relu, softmax } from "../../src/index.js";
import { decodeSafetensors, encodeSafetensors, writeNpy } from "../../src/io/index.js";
import { accuracy, adamw, cosineDecay, fit, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { labelsOf, netText, pictures, writeArrays } from "./arrays.js";
import { lastLine, svertka, workspace, type Outcome } from "./harness.js";

const space = workspace();
const { file, list, path } = space;
const module = file("net.ts", netText());
const { x, y } = writeArrays(space, "train", 30);
const crossentropy = ["--loss", "sparse_categorical_crossentropy"];
const data = ["--x", x, "--y", y, ...crossentropy];
const learn = ["--optimizer", "adam", "--learning-rate", "0.01"];

const run = (...args: readonly string[]): Promise<Outcome> => svertka("fit", ...args, "--backend", "cpu");

const json = (text: string): unknown => JSON.parse(text);
const history = (name: string): unknown => json(readFileSync(path(name), "utf8"));

/** The weights of a file, by name. */
const weights = (name: string): Readonly<Record<string, readonly number[]>> => {
  const { tensors } = orThrow(decodeSafetensors(new Uint8Array(readFileSync(path(name))), name));
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, Array.from(tensor.data, Number)]));
};

test("options by Keras's names: the weights and the history of the API", async () => {
  const options = [
    "--optimizer",
    "adamw",
    "--optimizer-option",
    "weight_decay=0.004",
    "--optimizer-option",
    "exclude_from_weight_decay=dense/bias",
  ];
  const schedule = ["--schedule", "cosine_decay", "--schedule-option", "decay_steps=9", "--learning-rate", "0.02"];
  const more = ["--metric", "accuracy", "--class-weight", "0=1.2,2=0.5", "--seed", "3", "--epochs", "3"];
  const said = ["--validation-split", "0.2", "--json", "--quiet"];
  const files = ["--batch-size", "8", "--history", path("api/h.json"), "--output", path("api/w.safetensors")];
  const { code, stderr, stdout } = await run(module, ...data, ...said, ...options, ...schedule, ...more, ...files);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

  const net = model(
    pipe(input([6, 5, 1]), conv2d({ filters: 2, kernelSize: 3 }), relu, flatten, dense({ units: 3 }), softmax),
  );
  const learningRate = cosineDecay({ initialLearningRate: 0.02, decaySteps: 9 });
  const made = await orReject(
    trainer({
      model: net,
      loss: sparseCategoricalCrossentropy(),
      optimizer: adamw({ learningRate, weightDecay: 0.004, excludeFromWeightDecay: ["dense/bias"] }),
      metrics: [accuracy()],
      classWeights: { 0: 1.2, 2: 0.5 },
      seed: 3,
      backend: cpu,
    }),
  );
  const train = { x: pictures(30), y: i32([30], labelsOf(30)) };
  const fitted = await orReject(fit(made, { train, validationSplit: 0.2, epochs: 3, batchSize: 8 }));
  const expected = Object.fromEntries(
    [...(await made.weights())].map(([name, array]) => [name, Array.from(array.data)]),
  );
  expect(history("api/h.json")).toEqual(fitted.history);
  expect(weights("api/w.safetensors")).toEqual(expected);
  expect(json(stdout)).toEqual({
    loss: expect.closeTo(fitted.history["val_loss"]?.[2] ?? Number.NaN, 6),
    metrics: { accuracy: fitted.history["val_accuracy"]?.[2] },
    seconds: expect.any(Number),
    backend: "cpu",
    out: path("api/w.safetensors"),
  });
  expect(list("api")).toEqual(["h.json", "w.safetensors"]);
});

test("labels of u8, i32 in a column, i64 and f32 are the same class numbers", async () => {
  const histories = await Promise.all(
    (["u8", "i32", "i64", "f32"] as const).map(async (kind) => {
      const files = writeArrays(space, kind, 30, kind);
      const given = ["--x", files.x, "--y", files.y, ...crossentropy, ...learn, "--history", path(`${kind}.json`)];
      expect(await run(module, ...given)).toMatchObject({ code: 0 });
      return history(`${kind}.json`);
    }),
  );
  expect(histories).toEqual(histories.map(() => histories[0]));
});

test("a folder as --output is a checkpoint: predict, evaluate and fit take it", async () => {
  const first = await run(module, ...data, ...learn, "--epochs", "2", "--output", path("trained"), "--json");
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("epoch 2/2") });
  expect(list("trained")).toEqual(["checkpoint.json", "weights.safetensors"]);
  const { loss } = JSON.parse(first.stdout);
  const evaluated = await svertka("evaluate", path("trained"), ...data, "--json", "--quiet", "--backend", "cpu");
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ loss: expect.closeTo(loss, 5), metrics: {}, out: null });
  expect(await svertka("predict", path("trained"), "--input", x, "--output", path("out"))).toMatchObject({ code: 0 });

  // Training goes on alike from the checkpoint's graph and from the module with its weights.
  const onward = [...data, "--optimizer", "sgd", "--no-shuffle"];
  const fromGraph = await run(path("trained"), ...onward, "--output", path("onward"));
  expect(fromGraph).toMatchObject({ code: 0, stderr: expect.not.stringContaining("inference graph") });
  const file = ["--weights", path("trained/weights.safetensors"), "--output", path("onward.safetensors")];
  expect(await run(module, ...onward, ...file)).toMatchObject({ code: 0 });
  expect(weights("onward/weights.safetensors")).toMatchObject(weights("onward.safetensors"));
  expect(weights("onward.safetensors")["dense/bias"]).not.toEqual(weights("trained/weights.safetensors")["dense/bias"]);
});

test("validation files and sample weights; weights of 0 leave the net as it began, but for its loss", async () => {
  const zeros = file("zeros.npy", writeNpy(f32([30], new Float32Array(30))));
  const other = writeArrays(space, "other", 12);
  const validation = ["--validation-x", other.x, "--validation-y", other.y, "--metric", "acc", "--metric", "mse"];
  const files = ["--history", path("zeros.json"), "--output", path("zeros.safetensors")];
  const { code, stdout } = await run(module, ...data, ...learn, ...validation, "--sample-weight", zeros, ...files);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^validation data, 12 examples: loss \d\.\d{4} {2}accuracy \d\.\d{4} {2}mse \d\.\d{4} /);
  expect(history("zeros.json")).toMatchObject({ loss: [0], val_mse: [expect.any(Number)] });
  expect(weights("zeros.safetensors")["dense/bias"]).toEqual([0, 0, 0]);
});

test("losses on floats: regression", async () => {
  const net = file("regression.ts", netText("relu", "dense({ units: 1 })"));
  const files = writeArrays(space, "floats", 30, "f32");
  const { code, stdout } = await run(net, "--x", files.x, "--y", files.y, "--loss", "mse", ...learn);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^training data, 30 examples: loss /) });
});

/** As svertka wrote checkpoints before they kept what training needs. */
const withoutTraining = (folder: string): void => {
  const name = path(`${folder}/weights.safetensors`);
  const { tensors, metadata } = orThrow(decodeSafetensors(new Uint8Array(readFileSync(name)), name));
  const { training: _, ...page } = JSON.parse(metadata["checkpoint"] ?? "");
  writeFileSync(name, encodeSafetensors(tensors, { checkpoint: JSON.stringify(page) }));
};

test("a checkpoint of an inference graph alone: it is evaluated, and trained as far as that graph goes", async () => {
  const net = file("bn.ts", netText("batchNormalization(), relu"));
  expect(await run(net, ...data, ...learn, "--output", path("bn"))).toMatchObject({ code: 0 });
  const whole = await svertka("evaluate", path("bn"), ...data, "--backend", "cpu", "--json");
  withoutTraining("bn");
  const bare = await svertka("evaluate", path("bn"), ...data, "--backend", "cpu", "--json");
  expect({ ...JSON.parse(bare.stdout), seconds: 0 }).toEqual({ ...JSON.parse(whole.stdout), seconds: 0 });
  const refused = await run(path("bn"), ...data, ...learn);
  expect(refused).toMatchObject({ code: 3, stdout: "" });
  expect(lastLine(refused)).toMatch(/bn: fit: batch normalisation of a checkpoint that keeps its inference graph only/);

  expect(await run(module, ...data, ...learn, "--output", path("old"))).toMatchObject({ code: 0 });
  const onward = [...data, "--optimizer", "sgd", "--no-shuffle"];
  await run(path("old"), ...onward, "--output", path("old-whole"));
  withoutTraining("old");
  const outcome = await run(path("old"), ...onward, "--output", path("old-bare"));
  expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining("the checkpoint's inference graph") });
  expect(weights("old-bare/weights.safetensors")).toEqual(weights("old-whole/weights.safetensors"));
});

describe("what is refused: one sentence, nothing written", () => {
  const npy = (name: string, shape: readonly number[], data: Float32Array): string =>
    file(name, writeNpy(f32(shape, data)));
  const big = Float32Array.from({ length: 30 }, (_, i) => (i === 17 ? 3 : 0));
  const half = new Float32Array(30).fill(0.5);
  test.each<readonly [string, readonly string[], string | RegExp]>([
    ["loss", ["--loss", "crossentropy"], /^error: loss: there is no 'crossentropy': use /],
    ["metric", ["--metric", "acuracy"], /^error: metric: there is no 'acuracy': use accuracy/],
    ["optimiser", ["--optimizer", "adamm"], /^error: optimizer: there is no 'adamm': use adam/],
    ["schedule", ["--schedule", "cosine"], /^error: schedule: there is no 'cosine': use cosine/],
    ["loss option", ["--loss-option", "smooth=1"], /^error: loss: .*smooth/],
    ["optimiser option", ["--optimizer-option", "beta_3=1"], /^error: optimizer: adam: .*beta/],
    ["option without value", ["--optimizer-option", "beta_1"], /is no option with a value: give it as name=value/],
    ["learning rate 0", ["--learning-rate", "0"], /^error: optimizer: adam: learningRate 0 is not above 0/],
    ["learning rate -1", ["--learning-rate", "-1"], /learningRate -1 is not above 0/],
    [
      "learning rate abc",
      ["--learning-rate", "abc"],
      'error: --learning-rate: "abc" is not what it takes: give a number',
    ],
    ["a class that is not there", ["--class-weight", "3=2"], /class 3: the model has classes 0 to 2/],
    ["no class weight", ["--class-weight", "a=b"], /is no weight of a class: give it as 0=1.2,1=2.7/],
    ["batch", ["--batch-size", "31"], /^error: --batch-size: 31 is more than the 30 training examples/],
    ["batch after a split", ["--batch-size", "16", "--validation-split", "0.5"], /more than the 15 training examples/],
    ["split", ["--validation-split", "1"], /^error: --validation-split: 1 is not between 0 and 1/],
    ["half of validation", ["--validation-x", x], /^error: --validation-y: validation data are inputs and labels/],
    ["missing file", ["--x", path("gone.npy")], /gone\.npy: --x: no such file: check the path$/],
    ["no array", ["--y", module], /net\.ts: npy: does not begin with/],
    [
      "counts",
      ["--y", npy("short.npy", [29], new Float32Array(29))],
      /30 inputs and 29 labels: give one label per input/,
    ],
    ["a label too large", ["--y", npy("big.npy", [30], big)], /label 17 is 3, the model has classes 0 to 2/],
    ["half a class", ["--y", npy("half.npy", [30], half)], /label 0 is 0.5, the model has classes 0 to 2/],
    ["labels in rows", ["--y", npy("rows.npy", [30, 3], new Float32Array(90))], /they are \[30, 3\], .* needs \[30\]/],
    ["inputs' shape", ["--x", npy("flat.npy", [30, 30], new Float32Array(900))], /'input' is f32\[30, 30\]/],
    [
      "NaN",
      ["--x", npy("nan.npy", [30, 6, 5, 1], new Float32Array(900).fill(Number.NaN))],
      /element \[0, 0, 0, 0\] is NaN/,
    ],
    [
      "sample weights",
      ["--sample-weight", npy("w29.npy", [29], new Float32Array(29))],
      /they are \[29\] for 30 examples/,
    ],
    ["negative weights", ["--sample-weight", npy("w.npy", [30], new Float32Array(30).fill(-1))], /weight 0 is -1/],
    [
      "a loss of other labels",
      ["--loss", "binary_crossentropy"],
      /they are \[30\], binary_crossentropy needs \[30, 3\]/,
    ],
    [
      "a loss of logits",
      ["--loss-option", "from_logits=true"],
      /fromLogits is true, but the model ends in probabilities/,
    ],
  ])("%s", async (_, args, sentence) => {
    const outcome = await run(
      module,
      ...data,
      ...learn,
      ...args,
      "--output",
      path("refused"),
      "--history",
      path("refused/h"),
    );
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(sentence);
    expect(list("refused")).toEqual([]);
  });

  test("a format that is not written: exit code 3", async () => {
    const outcome = await run(module, ...data, ...learn, "--output", path("later.pb"));
    expect(outcome).toMatchObject({ code: 3, stdout: "" });
    expect(lastLine(outcome)).toContain(".pb is not written: give FILE.keras");
  });

  test("a loss that becomes NaN", async () => {
    const outcome = await run(
      module,
      ...data,
      "--optimizer",
      "sgd",
      "--learning-rate",
      "1e30",
      "--epochs",
      "9",
      "--output",
      path("nan"),
    );
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(list("nan")).toEqual([]);
  });
});
