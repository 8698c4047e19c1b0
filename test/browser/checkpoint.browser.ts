/**
 * One checkpoint, many backends: A3, trained on wasm in Node for an epoch, predicts the same pictures to 1e-4 in Chromium on each GPU and
 * on wasm. `npm run long -- a3` has the same after five epochs on node with the whole of Fashion-MNIST.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { node } from "../../src/backends/node/index.js";
import { ort } from "../../src/backends/ort/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { loadModel } from "../../src/cli/load-model.js";
import type { LoadedModel } from "../../src/cli/loaded-model.js";
import { readFashionMnist } from "../../src/data/node.js";
import { sliceRows } from "../../src/data/rows.js";
import { orReject } from "../../src/errors.js";
import type { NdArray } from "../../src/index.js";
import { familyPredictor } from "../../src/run/predictor.js";
import { missingAddon, nodeDevice } from "../backends/node/addon-or-skip.js";
import { svertka, workspace } from "../cli/harness.js";
import { remoteBackends } from "../support/browser/remote-backends.js";

const { path } = workspace();
const count = 64;
const classes = 10;

/** What is trained, and how well: of 64 test images a net of one short epoch knows more than 6 in 10 (by chance 1). */
const {
  DATA: dataDir,
  EPOCHS: epochs = "1",
  TRAINED_ON: trainedOn = "wasm",
  ACCURACY: accuracy = "0.6",
  CHECKPOINT: existing,
} = process.env;

let checkpoint: LoadedModel;
let images: NdArray<"f32">;
let labels: Int32Array;
let onWasm: Float32Array;

const predicted = async (backend: Backend): Promise<Float32Array> => {
  const { graphs, weights } = checkpoint;
  if (weights.kind !== "trained") throw new Error("the checkpoint has no weights");
  const predictor = await orReject(familyPredictor({ graphs, weights: weights.values, backend }));
  const { output } = await orReject(predictor.predict(images));
  predictor.dispose();
  return output?.data ?? new Float32Array();
};

const trained = async (): Promise<string> => {
  const data = dataDir === undefined ? [] : ["--data", dataDir];
  const options = [
    "--epochs",
    epochs,
    "--batch-size",
    dataDir === undefined ? "64" : "32",
    "--backend",
    trainedOn,
    ...data,
  ];
  const run = await svertka("train", "examples/fashion-mnist/task.ts", ...options, "--out", path("run"), "--quiet");
  expect(run).toMatchObject({ code: 0 });
  console.log(`A3 after ${epochs} epochs on ${trainedOn}: ${run.stdout.trim()}`);
  return path("run/checkpoint");
};

beforeAll(async () => {
  checkpoint = await orReject(loadModel(existing ?? (await trained()), { typeCheck: false }));
  const { test: pictures } = await orReject(readFashionMnist(dataDir ?? "examples/fashion-mnist/data"));
  images = sliceRows(pictures.x, 0, count);
  labels = sliceRows(pictures.y, 0, count).data;
  onWasm = await predicted(wasm);
});

test("the checkpoint has learnt something", () => {
  const right = labels.filter((label, example) => {
    const row = onWasm.subarray(example * classes, (example + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  });
  expect(right.length / count).toBeGreaterThan(Number(accuracy));
});

describe.each([
  ["webgl in Chromium", remoteBackends.webgl],
  ["webgpu in Chromium", remoteBackends.webgpu],
  ["wasm in Chromium", remoteBackends.wasm],
  ["node", node],
  ["ort", ort],
  ["cpu", cpu],
] as const)("%s", (name, backend) => {
  test(`predicts what wasm in Node does`, async (context) => {
    if (name === "node" && (await nodeDevice()) === undefined) context.skip(missingAddon);
    const got = await predicted(backend);
    expect(got.length).toBe(count * classes);
    const apart = got.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (onWasm[at] ?? Number.NaN))), 0);
    console.log(`A3's checkpoint on ${name}: probabilities differ from wasm's by ${apart.toExponential(1)} at most`);
    expect(apart).toBeLessThan(1e-4);
  });
});
