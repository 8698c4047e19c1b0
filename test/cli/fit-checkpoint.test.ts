/** `svertka fit CHECKPOINT`: training goes on as from the module with the checkpoint's weights, to the bit. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { i32, f32 } from "../../src/data/index.js";
import { decodeSafetensors, encodeSafetensors, writeNpy } from "../../src/io/index.js";
import { orThrow } from "../../src/index.js";
import type { TrainingPage } from "../../src/train/checkpoint-training-page.js";
import { labelsOf, pictures, writeArrays } from "./arrays.js";
import { lastLine, svertka, workspace, type Outcome } from "./harness.js";

const space = workspace();
const { file, path } = space;

/** Everything that only training knows: moving statistics, random numbers, penalties, constraints, frozen and shared weights. */
const net = `
import { batchNormalization, conv2d, dense, dropout, flatten, frozen, gaussianNoise, input, model, named, pipe, relu, share, softmax } from "svertka";
import { l1l2, l2, maxNorm } from "svertka/train";
const x = input([6, 5, 1]);
const twice = share(dense({ units: 8, kernelRegularizer: l2(0.01) }));
const stem = pipe(x, gaussianNoise({ stddev: 0.1 }),
  named("stem", conv2d({ filters: 2, kernelSize: 3, kernelRegularizer: l1l2({ l1: 0.001, l2: 0.02 }), kernelConstraint: maxNorm({ maxValue: 0.8 }) })),
  batchNormalization(), relu, dropout({ rate: 0.3 }), flatten, frozen(dense({ units: 8 })), frozen(batchNormalization()));
const features = pipe(stem, twice, relu, dropout({ rate: 0.2 }), twice);
export default model({ inputs: { x }, outputs: {
  size: pipe(stem, dense({ units: 1 })), kind: pipe(features, dense({ units: 3 }), softmax) } });`;
const module = file("net.ts", net);
const x = file("x.npy", writeNpy(pictures(30)));
const kind = file("kind.npy", writeNpy(i32([30], labelsOf(30))));
const size = file(
  "size.npy",
  writeNpy(
    f32(
      [30, 1],
      Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)),
    ),
  ),
);
const losses = ["--loss", "kind=sparse_categorical_crossentropy", "--loss", "size=mse", "--metric", "kind=accuracy"];
const data = ["--x", x, "--y", `kind=${kind}`, "--y", `size=${size}`, ...losses, "--batch-size", "8", "--seed", "5"];
const learn = ["--optimizer", "sgd", "--learning-rate", "0.05"];

const run = (...args: readonly string[]): Promise<Outcome> => svertka("fit", ...args, "--backend", "cpu", "--quiet");
const done = async (...args: readonly string[]): Promise<Outcome> => {
  const outcome = await run(...args);
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  return outcome;
};
const tensorsOf = (name: string) =>
  orThrow(decodeSafetensors(new Uint8Array(readFileSync(path(`${name}/weights.safetensors`))), name));
const weights = (name: string): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(tensorsOf(name).tensors.map((tensor) => [tensor.name, Array.from(tensor.data, Number)]));
const history = (name: string): unknown => JSON.parse(readFileSync(path(name), "utf8"));

test("a net of everything trains on as the module with the same weights does, and once more from what that gives", async () => {
  await done(module, ...data, ...learn, "--epochs", "1", "--output", path("first"));
  const onward = [...data, ...learn, "--epochs", "2"];
  await done(path("first"), ...onward, "--output", path("graph"), "--history", path("graph.json"));
  const from = ["--weights", path("first/weights.safetensors"), "--history", path("module.json")];
  await done(module, ...onward, ...from, "--output", path("module"));
  expect(weights("graph")).toEqual(weights("module"));
  expect(history("graph.json")).toEqual(history("module.json"));
  const [before, after] = [weights("first"), weights("graph")];
  for (const moved of [
    "stem/conv2d/kernel",
    "batchNormalization/movingMean",
    "dense_1/kernel",
    "batchNormalization/gamma",
  ])
    expect(after[moved], moved).not.toEqual(before[moved]);
  for (const kept of ["dense/kernel", "batchNormalization_1/movingMean", "batchNormalization_1/gamma"])
    expect(after[kept], kept).toEqual(before[kept]);

  await done(path("graph"), ...data, ...learn, "--output", path("graph-2"));
  await done(module, ...data, ...learn, "--weights", path("module/weights.safetensors"), "--output", path("module-2"));
  expect(weights("graph-2")).toEqual(weights("module-2"));
  const predicted = (from: string, ...more: readonly string[]): Promise<Outcome> =>
    svertka("evaluate", from, ...data.slice(0, -4), ...more, "--backend", "cpu", "--quiet", "--json");
  const results = [
    await predicted(path("graph-2")),
    await predicted(module, "--weights", path("module-2/weights.safetensors")),
  ].map(({ stdout }) => ({ ...JSON.parse(stdout), seconds: 0 }));
  expect(results[0]).toEqual(results[1]);
});

test("epochs one after another are those of one run, where neither shuffling, dropout nor the optimiser counts steps", async () => {
  const plain = file(
    "plain.ts",
    `import { batchNormalization, conv2d, dense, flatten, input, model, pipe, relu, softmax } from "svertka";
export default model(pipe(input([6, 5, 1]), conv2d({ filters: 2, kernelSize: 3 }), batchNormalization(), relu, flatten, dense({ units: 3 }), softmax));`,
  );
  const files = writeArrays(space, "plain", 30);
  const given = ["--x", files.x, "--y", files.y, "--loss", "sparse_categorical_crossentropy", ...learn, "--no-shuffle"];
  const fitted = async (from: string, epochs: number, name: string): Promise<readonly number[]> => {
    const out = ["--output", path(name), "--history", path(`${name}.json`)];
    await done(from, ...given, "--epochs", String(epochs), ...out);
    return JSON.parse(readFileSync(path(`${name}.json`), "utf8")).loss;
  };
  const whole = await fitted(plain, 3, "whole");
  const parts = [...(await fitted(plain, 1, "part-1")), ...(await fitted(path("part-1"), 2, "part-2"))];
  expect(parts).toEqual(whole);
  // The optimiser begins anew: it counts its own steps.
  const steps = "optimizer:iterations";
  expect(weights("part-2")).toEqual({ ...weights("whole"), [steps]: [2] });
  expect(weights("whole")[steps]).toEqual([3]);
});

test("a batch of one is refused with the layer's name, as from the module", async () => {
  const flat = file(
    "flat.ts",
    `import { batchNormalization, dense, flatten, input, model, pipe, softmax } from "svertka";
export default model(pipe(input([6, 5, 1]), flatten, batchNormalization(), dense({ units: 3 }), softmax));`,
  );
  const files = writeArrays(space, "flat", 9);
  const given = ["--x", files.x, "--y", files.y, "--loss", "sparse_categorical_crossentropy", ...learn];
  await done(flat, ...given, "--output", path("flat"));
  const outcome = await run(path("flat"), ...given, "--batch-size", "8");
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(lastLine(outcome)).toMatch(/^error: batchNormalization: a batch of one example has no variance/);
});

describe("a record of training that was tampered with: one sentence, exit code 2", () => {
  type Change = (training: TrainingPage) => unknown;
  const lines =
    (changed: (graph: readonly string[]) => readonly string[]): Change =>
    (training) => ({ ...training, graph: changed(training.graph) });
  const replaced = (pattern: string | RegExp, by: string): Change =>
    lines((graph) => graph.map((line) => line.replace(pattern, by)));
  const layers =
    (changed: (layers: TrainingPage["layers"]) => TrainingPage["layers"]): Change =>
    (training) => ({ ...training, layers: changed(training.layers) });
  const said =
    (name: string, weight: object): Change =>
    (training) => ({ ...training, weights: { [name]: weight } });
  const kernel = "stem/conv2d/kernel";
  const norm = { kind: "norm", minimum: 0, maximum: 1, rate: 1 };
  const cases: readonly (readonly [string, Change])[] = [
    ["no record", () => "training"],
    ["no lines", (training) => ({ ...training, graph: 5 })],
    ["a line cut short", lines((graph) => [...graph.slice(0, -1), "update"])],
    ["an unknown operator", replaced("= conv2d(", "= conv3d2d(")],
    ["an update of no state", replaced(/^update "[^"]*"/, `update "${kernel}"`)],
    ["another size of a weight", replaced("f32[3, 3, 1, 2]", "f32[3, 3, 1, 4]")],
    ["an output that is not there", lines((graph) => graph.filter((line) => !line.startsWith('result "kind"')))],
    ["fewer layers", layers((all) => all.slice(0, -1))],
    ["layers in another order", layers((all) => all.toReversed())],
    ["a layer of another name", layers((all) => all.map((layer) => ({ ...layer, name: "other" })))],
    [
      "a layer that normalises itself",
      layers((all) => all.map((layer) => ({ ...layer, normalizes: layer.training.output }))),
    ],
    ["no layers", layers(() => [])],
    ["a penalty that is no number", said(kernel, { regularizer: { l1: "1", l2: 0 } })],
    ["a constraint of no kind", said(kernel, { constraint: { kind: "some" } })],
    ["a constraint along no axis", said(kernel, { constraint: { ...norm, axes: [7] } })],
    ["a weight that is not there", said("other", { trainable: false })],
  ];
  test.each(cases)("%s", async (name, change) => {
    await done(module, ...data, ...learn, "--output", path("whole"));
    const { tensors, metadata } = tensorsOf("whole");
    const page = JSON.parse(metadata["checkpoint"] ?? "");
    const checkpoint = JSON.stringify({ ...page, training: change(page.training) });
    writeFileSync(path("whole/weights.safetensors"), encodeSafetensors(tensors, { checkpoint }));
    const outcome = await run(path("whole"), ...data, ...learn, "--output", path(`out-${name}`));
    expect(outcome).toMatchObject({ code: name === "an unknown operator" ? 3 : 2, stdout: "" });
    expect(lastLine(outcome)).toMatch(/^error: \S+: \S/);
    expect(space.list(`out-${name}`)).toEqual([]);
  });
});
