/** `svertka train`: what it leaves, what it says, and what it refuses without leaving anything. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { idxFileNames } from "../../src/data/index.js";
import { orThrow } from "../../src/index.js";
import { decodeSafetensors } from "../../src/io/index.js";
import { nodeDevice } from "../backends/node/addon-or-skip.js";
import { built, lastLine, svertka, workspace } from "./harness.js";
import { taskText, writeData } from "./small-task.js";

const space = workspace();
const { file, list, path } = space;
const data = writeData(space, "data", { train: 100, test: 40 });
const task = file("small.ts", taskText());

const wasmTrain = (module: string, out: string, ...more: readonly string[]): ReturnType<typeof svertka> =>
  svertka("train", module, "--data", data, "--out", path(out), "--backend", "wasm", ...more);

const json = (text: string): unknown => JSON.parse(text);

describe("a run", () => {
  const out = path("run");

  test("prints one object, shows its progress and writes checkpoint, history and pictures", async () => {
    const { code, stdout, stderr } = await wasmTrain(task, "run", "--json");
    expect(code).toBe(0);
    expect(json(stdout)).toEqual({
      loss: expect.closeTo(1, -1),
      metrics: { accuracy: expect.any(Number) },
      seconds: expect.any(Number),
      backend: "wasm",
      out,
    });
    expect(stderr).toMatch(/^backend wasm \(/);
    expect(stderr).toContain("dense      dense      [n, 12]");
    expect(stderr).toMatch(
      /training step on wasm: \d+ kernel calls became \d+; each of these is one call:\n {2}conv2d \+ biasAdd \+ relu {2}\(conv2d\+relu\)/,
    );
    expect(stderr).toMatch(
      /epoch 1\/2 {2}\d+ % {2}[\d,]+ images\/s {2}ETA [\d.]+ s {2}loss \d\.\d{4} {2}accuracy 0\.\d{4}\n/,
    );
    expect(stderr).toMatch(/epoch 2\/2 {2}[\d.]+ s {2}loss \d\.\d{4} {2}accuracy \d\.\d{4}\n/);
    expect(list("run")).toEqual([
      "checkpoint",
      "checkpoint/checkpoint.json",
      "checkpoint/weights.safetensors",
      "confusion.png",
      "confusion.svg",
      "history.json",
      "history.png",
      "history.svg",
      "misclassified.png",
      "misclassified.svg",
      "predictions.png",
      "predictions.svg",
    ]);
    expect(json(readFileSync(path("run/history.json"), "utf8"))).toEqual({
      loss: [expect.any(Number), expect.any(Number)],
      accuracy: [expect.any(Number), expect.any(Number)],
    });
    expect(readFileSync(path("run/predictions.svg"), "utf8")).toMatch(/24 test images: \d+ right, \d+ wrong/);
  });

  test("--resume of a finished one says so, and prints the same figures", async () => {
    const first = await wasmTrain(task, "run", "--resume", "--json");
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("all 2 epochs are done already") });
    const second = await wasmTrain(task, "run", "--resume", "--json", "--quiet");
    expect(second.stderr).toBe("");
    const { seconds: _, ...figures } = JSON.parse(first.stdout);
    expect(json(second.stdout)).toMatchObject(figures);
  });

  test("--epochs is the total: a resumed run goes on from its history", async () => {
    const { code, stdout, stderr } = await wasmTrain(task, "run", "--resume", "--epochs", "3");
    expect(code).toBe(0);
    expect(stderr).toContain("goes on from epoch 3, batch 0");
    expect(stdout).toMatch(/^test data, 40 examples: loss \d\.\d{4} {2}accuracy \d\.\d{4} {2}\([\d.]+ s on wasm\)\n$/);
    expect(JSON.parse(readFileSync(path("run/history.json"), "utf8")).loss).toHaveLength(3);
  });

  test("without --resume the old checkpoint stays until it is replaced, and it is said", async () => {
    const { code, stderr } = await wasmTrain(task, "run", "--epochs", "1");
    expect(code).toBe(0);
    expect(stderr).toContain("holds an earlier run's checkpoint: it stays until this run writes its first one");
    expect(JSON.parse(readFileSync(path("run/history.json"), "utf8")).loss).toHaveLength(1);
  });

  test("validation data, a callback that stops, another seed and backend; auto is said", async () => {
    const stopping = file(
      "stopping.ts",
      taskText({
        before: 'import { stopAt } from "svertka/train";',
        fields: 'callbacks: [stopAt({ metric: "val_loss", threshold: 1e9 })],',
      }).replace(
        "readFashionMnist(dataDir)",
        "async () => { const r = await readFashionMnist(dataDir)(); return r._tag === 'Left' ? r : { ...r, right: { train: r.right.train, validation: r.right.test } }; }",
      ),
    );
    const { code, stdout, stderr } = await svertka(
      "train",
      stopping,
      "--data",
      data,
      "--out",
      path("stopped"),
      "--seed",
      "-7",
      "--epochs",
      "9",
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^validation data, 40 examples: /) });
    // The fastest that trains: onnxruntime infers only, TensorFlow's addon is not on every machine.
    const fastest = (await nodeDevice()) === undefined ? "wasm" : "node";
    expect(stderr).toMatch(new RegExp(`^backend ${fastest}: the fastest found for training `, "m"));
    expect(stderr).toContain("a callback has stopped the training");
    expect(Object.keys(JSON.parse(readFileSync(path("stopped/history.json"), "utf8")))).toEqual([
      "loss",
      "accuracy",
      "val_loss",
      "val_accuracy",
    ]);
  });
});

describe("what a task says of weights and classes", () => {
  const begin = `import { f32 } from "svertka";
const weights = new Map([
  ["conv2d/kernel", f32([3, 3, 1, 4], new Float32Array(36).fill(0.25))], ["conv2d/bias", f32([4], new Float32Array(4))],
  ["dense/kernel", f32([64, 12], new Float32Array(768).fill(0.01))], ["dense/bias", f32([12], new Float32Array(12))],
  ["dense_1/kernel", f32([12, 10], new Float32Array(120))], ["dense_1/bias", f32([10], new Float32Array(10))],
]);`;
  const said = (name: string, fields: string): string =>
    file(name, taskText({ epochs: 1, before: begin, fields: `weights, ${fields}` }));

  test("weights to begin with, which of them are trained, and class weights", async () => {
    const module = said("said.ts", 'trainable: ["dense_1"], classWeights: { 0: 1, 1: 0, 2: 0 }');
    expect(await wasmTrain(module, "said", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    const bytes = new Uint8Array(readFileSync(path("said/checkpoint/weights.safetensors")));
    const { tensors } = orThrow(decodeSafetensors(bytes, "said"));
    const valuesOf = (name: string): Set<number> => new Set(tensors.find((tensor) => tensor.name === name)?.data ?? []);
    expect(valuesOf("conv2d/kernel")).toEqual(new Set([0.25]));
    expect(valuesOf("dense_1/bias").size).toBeGreaterThan(1);
  });

  test("a path and a class that are not there", async () => {
    const path404 = await wasmTrain(said("path.ts", 'trainable: ["densee"]'), "said-not");
    expect(path404).toMatchObject({ code: 2, stdout: "" });
    expect(lastLine(path404)).toMatch(/^error: trainable: 'densee' is no weight's path/);
    const class404 = await wasmTrain(said("class.ts", "classWeights: { 10: 2 }"), "said-not");
    expect(lastLine(class404)).toMatch(/^error: classWeights: there is no class 10: the model has classes 0 to 9/);
    const kind = await wasmTrain(said("kind.ts", 'trainable: "dense"'), "said-not");
    expect(lastLine(kind)).toMatch(
      /task: the field trainable \(a list of weights' paths\) is missing or of another kind/,
    );
    expect(list("said-not")).toEqual([]);
  });
});

describe("what is refused: exit code 2, one sentence, nothing written", () => {
  const refused = async (
    run: ReturnType<typeof svertka>,
    sentence: string | RegExp,
    out = "refused",
  ): Promise<void> => {
    const outcome = await run;
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(sentence);
    expect(list(out)).toEqual([]);
  };

  test("a backend that is not known", () =>
    refused(
      svertka("train", task, "--data", data, "--out", path("refused"), "--backend", "nope"),
      'error: --backend: "nope" is no backend: give one of auto, ort, node, wasm, wasm-threads, cpu, reference',
    ));

  test("a batch larger than the data", () =>
    refused(
      wasmTrain(task, "refused", "--batch-size", "101"),
      "error: batchSize: 101 is more than the 100 training examples: use a batch size of at most 100",
    ));

  test("NaN in the data", () => {
    const module = file(
      "nan.ts",
      taskText().replace(
        "readFashionMnist(dataDir)",
        "async () => { const r = await readFashionMnist(dataDir)(); if (r._tag === 'Right') r.right.train.x.data[205] = NaN; return r; }",
      ),
    );
    return refused(
      wasmTrain(module, "refused"),
      "error: train: data: element [0, 7, 9, 0] is NaN: remove or replace NaN and infinite values",
    );
  });

  test("NaN in the test data, and test data of another shape, are found before training", async () => {
    const edited = (edit: string): string =>
      taskText().replace(
        "readFashionMnist(dataDir)",
        `async () => { const r = await readFashionMnist(dataDir)(); if (r._tag === 'Left') return r; const { train, test } = r.right; ${edit} }`,
      );
    const nan = file("nan-test.ts", edited("test.x.data[0] = NaN; return r;"));
    await refused(
      wasmTrain(nan, "refused"),
      "error: test: data: element [0, 0, 0, 0] is NaN: remove or replace NaN and infinite values",
    );
    const flat = file(
      "flat-test.ts",
      edited("return { ...r, right: { train, test: { x: { ...test.x, shape: [40, 784] }, y: test.y } } };"),
    );
    await refused(
      wasmTrain(flat, "refused"),
      "error: test data, input: batch: 'input' is f32[40, 784], the model needs f32[40, 28, 28, 1]: give data of that shape",
    );
  });

  test("a loss that becomes NaN", () =>
    refused(
      wasmTrain(file("diverging.ts", taskText({ optimizer: "sgd({ learningRate: 1e30 })" })), "refused"),
      /^error: epoch 1, batch \d+: loss: it became (?:NaN|Infinity): lower the learning rate/,
    ));

  test("an IDX file that is cut short", () => {
    const cut = writeData(space, "cut", { train: 100, test: 40 });
    const images = path(`cut/${idxFileNames.train.images}`);
    writeFileSync(images, readFileSync(images).subarray(0, 999));
    return refused(
      svertka("train", task, "--data", cut, "--out", path("refused")),
      new RegExp(`^error: ${images}: idx: .*cut short`, "i"),
    );
  });

  test("an IDX file with another beginning, and one with a label that is no class", async () => {
    const wrong = writeData(space, "wrong", { train: 100, test: 40 });
    const labels = path(`wrong/${idxFileNames.test.labels}`);
    const right = readFileSync(labels);
    writeFileSync(labels, Uint8Array.from(right).fill(11, 20, 21));
    const run = (): ReturnType<typeof svertka> => svertka("train", task, "--data", wrong, "--out", path("refused"));
    await refused(run(), `error: ${labels}: labels: label 12 is 11, 10 classes allow 0 to 9`);
    writeFileSync(labels, Uint8Array.from(right).fill(7, 0, 1));
    await refused(run(), new RegExp(`^error: ${labels}: idx: `, "i"));
  });

  test("a folder without data", () =>
    refused(
      svertka("train", task, "--data", path("nowhere"), "--out", path("refused")),
      /^error: \S*nowhere: train-images-idx3-ubyte\[\.gz\]: the folder lacks this file/,
    ));

  test("a data function that throws, and one that gives something else", async () => {
    const throwing = file(
      "throwing.ts",
      taskText().replace("readFashionMnist(dataDir)", "{ throw new Error('no data today'); }"),
    );
    await refused(
      wasmTrain(throwing, "refused"),
      `error: ${throwing}: data: it throws Error: no data today: correct it`,
    );
    const oddly = (given: string): ReturnType<typeof svertka> =>
      wasmTrain(file("odd.ts", taskText().replace("readFashionMnist(dataDir)", given)), "refused");
    const [right, x] = [
      "async () => ({ _tag: 'Right', right:",
      "{ dtype: 'f32', shape: [2, 1], data: new Float32Array",
    ];
    for (const given of [
      `${right} {} })`,
      `${right} undefined })`,
      `${right} { train: { x: [1, 2], y: [1, 2] } } })`,
      `${right} { train: { x: {}, y: {} } } })`,
      `${right} { train: { x: ${x}(3) }, y: ${x}(2) } } } })`,
    ])
      await refused(oddly(given), /odd\.ts: data: it does not give \{ train, validation\?, test\? \}/);
    for (const given of [
      "async () => ({ train: {} })",
      "(async () => ({ train: {} }))()",
      "null",
      "async () => null",
      "async () => ({ _tag: 'Left', left: 'no' })",
    ])
      await refused(oddly(given), /odd\.ts: data: it gives no TaskEither: return what a reader gives, or TE\.of/);
    await refused(
      oddly(`${right} { get train() { throw new Error("not yet"); } } })`),
      /odd\.ts: data: it throws Error: not yet: correct it$/,
    );
  });

  test("a folder that cannot be written", () => {
    file("in-the-way", "");
    return refused(
      wasmTrain(task, "in-the-way/run"),
      /^error: --out: \S+in-the-way\/run: \S+in-the-way is no folder that can be written: give another folder$/,
      "in-the-way/run",
    );
  });

  test("--resume without a checkpoint", () =>
    refused(
      wasmTrain(task, "refused", "--resume"),
      /^error: \S+weights\.safetensors: resume: there is no checkpoint: train without --resume first/,
    ));

  test("a callback that throws", async () => {
    const module = file(
      "callback.ts",
      taskText({ fields: 'callbacks: [onEpochEnd("mine", () => { throw new Error("oh") })],' }),
    );
    await refused(wasmTrain(module, "refused"), `error: ${module}: callback mine: it throws Error: oh: correct it`);
  });

  test("a disk that takes no more: the sentence of the system, no temporary file", async () => {
    // The shell's limit on the size of a file stands for a full disk; a file of weights is larger.
    const module = file("wide.ts", taskText({ units: 300, epochs: 1 }));
    const args = ["train", module, "--data", data, "--out", path("full"), "--backend", "wasm"];
    const outcome = await built(args, { limit: "ulimit -f 16" });
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(/^error: \S+weights\.safetensors: cannot write: the system says EFBIG/);
    expect(list("full")).toEqual(["checkpoint"]);
  });
});

describe("a checkpoint that is not this task's", () => {
  const folder = "theirs";
  const checkpoint = path(`${folder}/checkpoint/weights.safetensors`);
  const resumed = async (text: string, ...more: readonly string[]): Promise<string> => {
    if (!existsSync(checkpoint)) await wasmTrain(task, folder, "--epochs", "1", "--quiet");
    const before = readFileSync(checkpoint);
    const outcome = await wasmTrain(file("mine.ts", text), folder, "--resume", "--epochs", "2", ...more);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: "" });
    expect(readFileSync(checkpoint).equals(before)).toBe(true);
    return lastLine(outcome);
  };

  test("another model", async () => {
    expect(await resumed(taskText({ units: 13 }))).toBe(
      `error: ${checkpoint}: checkpoint: 'dense/kernel' is f32[64, 12], the model needs f32[64, 13]: resume with the model that wrote it`,
    );
  });

  test("another activation: the weights fit, the graph does not", async () => {
    expect(await resumed(taskText().replaceAll("relu", "sigmoid"))).toMatch(
      /its weights fit, but its graph is another than the model's/,
    );
  });

  test("another optimiser, another seed", async () => {
    expect(await resumed(taskText({ optimizer: "sgd()" }))).toMatch(/it was trained by adam, the task has sgd/);
    expect(await resumed(taskText(), "--seed", "5")).toBe(
      "error: --seed: seed: the checkpoint was trained with 0: leave the option out, or begin another run with another --out",
    );
  });

  test("one that is damaged", async () => {
    await resumed(taskText({ units: 13 }));
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, 3000));
    expect(await resumed(taskText())).toMatch(/^error: \S+weights\.safetensors: safetensors: /);
  });
});
