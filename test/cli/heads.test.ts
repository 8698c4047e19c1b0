/** `svertka fit` and `evaluate` on a model of two inputs and two outputs: the numbers of the API, and what is refused. */
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { f32, i32, type NdArray } from "../../src/data/index.js";
import { add, dense, input, model, orReject, pipe, softmax } from "../../src/index.js";
import { writeNpy } from "../../src/io/index.js";
import {
  accuracy,
  fit,
  meanAbsoluteError,
  meanOf,
  meanSquaredError,
  sgd,
  sparseCategoricalCrossentropy,
  trainer,
} from "../../src/train/index.js";
import { lastLine, svertka, workspace, type Outcome } from "./harness.js";

const { file, list, path } = workspace();
const module = file(
  "net.ts",
  `import { add, dense, input, model, pipe, softmax } from "svertka";
const left = input([3]);
const right = input([3]);
const both = add(left, right);
export default model({
  inputs: { left, right },
  outputs: { digit: pipe(both, dense({ units: 3 }), softmax), box: pipe(both, dense({ units: 2 })) },
});`,
);
const left = input([3]);
const right = input([3]);
const both = add(left, right);
const net = model({
  inputs: { left, right },
  outputs: { digit: pipe(both, dense({ units: 3 }), softmax), box: pipe(both, dense({ units: 2 })) },
});

const wave = (rows: number, columns: number, phase: number): NdArray<"f32"> =>
  f32(
    [rows, columns],
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 1.7 + phase)),
  );
const x = { left: wave(12, 3, 0), right: wave(12, 3, 1) };
const y = {
  digit: i32(
    [12],
    Int32Array.from({ length: 12 }, (_, i) => i % 3),
  ),
  box: wave(12, 2, 2),
};
const sampleWeights = {
  box: f32(
    [12],
    Float32Array.from({ length: 12 }, (_, i) => 0.5 + (i % 4)),
  ),
};

const npy = (name: string, array: NdArray): string => file(`${name}.npy`, writeNpy(array));
const xs = ["--x", `left=${npy("left", x.left)}`, "--x", `right=${npy("right", x.right)}`];
const ys = ["--y", `digit=${npy("digit", y.digit)}`, "--y", `box=${npy("box", y.box)}`];
const losses = ["--loss", "digit=sparse_categorical_crossentropy", "--loss", "box=mse"];
const weights = ["--loss-weight", "box=0.5", "--sample-weight", `box=${npy("weights", sampleWeights.box)}`];
const metrics = ["--metric", "digit=accuracy", "--weighted-metric", "box=mean_absolute_error"];
const learn = ["--optimizer", "sgd", "--learning-rate", "0.1"];

const run = (command: "fit" | "evaluate", ...args: readonly string[]): Promise<Outcome> =>
  svertka(command, module, ...args, "--backend", "cpu", "--quiet");

test("fit: arrays, losses, weights and metrics by name give the API's history, and evaluate its last numbers", async () => {
  const option = ["--loss-option", "digit.label_smoothing=0.1", "--epochs", "2", "--batch-size", "4"];
  const written = ["--history", path("out/h.json"), "--output", path("out/trained")];
  const outcome = await run("fit", ...xs, ...ys, ...losses, ...weights, ...metrics, ...learn, ...option, ...written);
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  const made = await orReject(
    trainer({
      model: net,
      backend: cpu,
      loss: { digit: sparseCategoricalCrossentropy({ labelSmoothing: 0.1 }), box: meanSquaredError() },
      lossWeights: { box: 0.5 },
      metrics: { digit: [accuracy()] },
      weightedMetrics: { box: [meanOf(meanAbsoluteError())] },
      optimizer: sgd({ learningRate: 0.1 }),
    }),
  );
  const fitted = await orReject(fit(made, { train: { x, y, sampleWeights }, epochs: 2, batchSize: 4 }));
  expect(JSON.parse(readFileSync(path("out/h.json"), "utf8"))).toEqual(fitted.history);
  const trained = await svertka(
    "evaluate",
    path("out/trained"),
    ...xs,
    ...ys,
    ...losses,
    "--metric",
    "digit=accuracy",
    "--json",
    "--quiet",
    "--backend",
    "cpu",
  );
  expect(trained.code).toBe(0);
  const said: { readonly metrics: Readonly<Record<string, number>> } = JSON.parse(trained.stdout);
  expect(Object.keys(said.metrics).sort()).toEqual(["box_loss", "digit_accuracy", "digit_loss"]);
  made.dispose();
});

describe("what is refused: one sentence, nothing written", () => {
  const all = [...xs, ...ys, ...losses, ...learn, "--output", path("refused/net")];
  test.each<readonly [string, readonly string[], RegExp]>([
    [
      "an input without a name",
      ["--x", path("left.npy")],
      /2 inputs are meant: give one for each, as NAME=FILE \(left, right\)/,
    ],
    [
      "an unknown input",
      ["--x", `top=${path("left.npy")}`],
      /there is no input 'top' to give it to: there are left, right/,
    ],
    ["an unknown output", ["--y", `other=${path("box.npy")}`], /there is no output 'other' to give it to/],
    ["one loss for both", ["--loss", "mse"], /loss: the model has several outputs: give one for each by its name/],
    ["a loss of an unknown output", ["--loss", "bx=mse"], /loss: the model has no output 'bx': perhaps 'box' is meant/],
    ["a weight of an unknown output", ["--loss-weight", "bx=1"], /lossWeights: the model has no output 'bx'/],
    [
      "a weight that is no number",
      ["--loss-weight", "box=much"],
      /lossWeights: the weight NaN of 'box' is not 0 or more/,
    ],
    [
      "an option for no loss",
      ["--loss-option", "label_smoothing=0.1"],
      /'label_smoothing' is for no loss: give it as OUTPUT\./,
    ],
    ["metrics without a name", ["--metric", "accuracy"], /metrics: the model has several outputs/],
    ["labels of another shape", ["--y", `box=${npy("odd", wave(12, 3, 0))}`], /odd\.npy: labels: they are \[12, 3\]/],
    ["fewer labels", ["--y", `box=${npy("few", wave(11, 2, 0))}`], /12 labels and 11 for 'box'/],
    ["fewer inputs", ["--x", `right=${npy("short", wave(11, 3, 0))}`], /11 inputs 'right' and 12 labels/],
    ["a missing file", ["--y", `box=${path("gone.npy")}`], /gone\.npy: --y: no such file/],
  ])("%s", async (_, args, sentence) => {
    const outcome = await run("fit", ...all, ...args);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(sentence);
    expect(list("refused")).toEqual([]);
  });

  test("a missing input", async () => {
    const outcome = await run("fit", ...xs.slice(0, 2), ...ys, ...losses, ...learn);
    expect(outcome).toMatchObject({ code: 2 });
    expect(lastLine(outcome)).toMatch(/nothing is given for the input 'right': give it as --x right=FILE/);
  });
});
