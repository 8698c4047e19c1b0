/** `svertka evaluate`: loss and metrics of modules and checkpoints, in inference mode. */
import { expect, test } from "vitest";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { f32, i32 } from "../../src/data/index.js";
import { conv2d, dense, flatten, input, model, orReject, pipe, relu, softmax } from "../../src/index.js";
import { writeNpy } from "../../src/io/index.js";
import { accuracy, evaluate, sgd, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { labelsOf, netText, pictures, writeArrays } from "./arrays.js";
import { lastLine, svertka, workspace, type Outcome } from "./harness.js";

const space = workspace();
const { file, path } = space;
// Dropout would show: evaluation is in inference mode.
const module = file("net.ts", netText("relu, dropout({ rate: 0.9 })"));
const { x, y } = writeArrays(space, "test", 300, "i64");
const data = ["--x", x, "--y", y, "--loss", "sparse_categorical_crossentropy"];

const run = (...args: readonly string[]): Promise<Outcome> => svertka("evaluate", ...args, "--backend", "cpu");

test("a module's fresh weights, which is said: the numbers of the API, whatever the batch", async () => {
  const net = model(
    pipe(input([6, 5, 1]), conv2d({ filters: 2, kernelSize: 3 }), relu, flatten, dense({ units: 3 }), softmax),
  );
  const loss = sparseCategoricalCrossentropy();
  const made = await orReject(trainer({ model: net, loss, metrics: [accuracy()], optimizer: sgd(), backend: cpu }));
  const expected = await orReject(evaluate(made, { x: pictures(300), y: i32([300], labelsOf(300)) }));
  const { code, stdout, stderr } = await run(module, ...data, "--metric", "accuracy", "--json");
  expect(code).toBe(0);
  expect(stderr).toContain("fresh ones of seed 0 are taken");
  expect(JSON.parse(stdout)).toEqual({
    loss: expect.closeTo(expected["loss"] ?? Number.NaN, 6),
    metrics: { accuracy: expected["accuracy"] },
    seconds: expect.any(Number),
    backend: "cpu",
    out: null,
  });
  const small = await run(module, ...data, "--metric", "accuracy", "--batch-size", "7", "--quiet");
  const figure = (expected["loss"] ?? Number.NaN).toFixed(4);
  expect(small).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining(`data, 300 examples: loss ${figure}`),
  });
});

test.each<readonly [string, number, readonly string[], RegExp]>([
  ["an unknown loss", 2, ["--loss", "nope"], /^error: loss: there is no 'nope'/],
  ["an unknown metric", 2, ["--metric", "nope"], /^error: metric: there is no 'nope'/],
  ["a missing file", 2, ["--y", path("gone.npy")], /gone\.npy: --y: no such file: check the path$/],
  ["weights of another model", 2, ["--weights", x], /x\.npy: safetensors: /],
  [
    "no examples",
    2,
    ["--x", file("none.npy", writeNpy(f32([0, 6, 5, 1], new Float32Array())))],
    /there are no examples|300 labels/,
  ],
])("%s: one sentence", async (_, code, args, sentence) => {
  const outcome = await run(module, ...data, ...args);
  expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
  expect(lastLine(outcome)).toMatch(sentence);
});

test("other formats are named", async () => {
  expect(await run(file("net.h5", "?"), ...data)).toMatchObject({ code: 3 });
});
