/** `svertka summary`, `explain` and `backends`: for people and as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { versionOf } from "../../src/cli/package.js";
import { svertka, workspace } from "./harness.js";
import { taskText, writeData } from "./small-task.js";

const space = workspace();
const { file, path } = space;

/** Lesson net A1, with the figures that the lesson gives. */
const a1 = file(
  "a1.ts",
  `import { conv2d, dense, flatten, input, maxPool2d, model, pipe, softmax } from "svertka";
export default model(pipe(
  input([28, 56, 3]),
  conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu" }),
  conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], activation: "relu" }),
  maxPool2d({ poolSize: 3 }), flatten, dense({ units: 3 }), softmax,
));`,
);
const normalised = file(
  "normalised.ts",
  `import { batchNormalization, conv2d, input, model, pipe, relu, share, add, named } from "svertka";
const x = input([8, 8, 2]);
const both = share(conv2d({ filters: 2, kernelSize: 3, padding: "same" }));
export default model(pipe(add(both(x), both(x)), named("stem", conv2d({ filters: 4, kernelSize: 3 })), batchNormalization(), relu));`,
);
const task = file("task-of-mine.ts", taskText({ epochs: 1 }));
const data = writeData(space, "data", { train: 32, test: 8 });

describe("summary", () => {
  test("--json gives shapes, parameters and totals of net A1", async () => {
    const { code, stdout } = await svertka("summary", a1, "--json");
    const found = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(found.layers.map(({ outputShape }: { outputShape: unknown }) => outputShape)).toEqual([
      [null, 28, 56, 8],
      [null, 13, 19, 5],
      [null, 4, 6, 5],
      [null, 120],
      [null, 3],
      [null, 3],
    ]);
    expect(found.layers.map(({ parameters }: { parameters: number }) => parameters)).toEqual([224, 245, 0, 0, 363, 0]);
    expect(found.layers[1]).toEqual({
      name: "conv2d_1",
      op: "conv2d",
      outputShape: [null, 13, 19, 5],
      parameters: 245,
      trainable: 245,
    });
    expect(found).toMatchObject({
      parameters: 832,
      trainable: 832,
      flops: expect.any(Number),
      memory: { parameters: 4 * 832, values: expect.any(Number) },
    });
  });

  test("--types gives the weights' names and shapes as a type", async () => {
    const { code, stdout } = await svertka("summary", normalised, "--types");
    expect(code).toBe(0);
    expect(stdout).toContain(`export type Params = {
  "conv2d/kernel": [3, 3, 2, 2];
  "conv2d/bias": [2];
  "stem/conv2d/kernel": [3, 3, 2, 4];
  "stem/conv2d/bias": [4];
  "batchNormalization/gamma": [4];
  "batchNormalization/beta": [4];
  "batchNormalization/movingMean": [4];
  "batchNormalization/movingVariance": [4];
};`);
    const json = JSON.parse((await svertka("summary", normalised, "--types", "--json")).stdout);
    expect(json).toMatchObject({ "stem/conv2d/kernel": [3, 3, 2, 4] });
  });

  test("a table for people, with what is not trainable", async () => {
    const { code, stdout } = await svertka("summary", normalised);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layer +operator +output shape +parameters\n─+\n/);
    expect(stdout).toMatch(/\nstem\/conv2d +conv2d +\[n, 6, 6, 4\] +76\n/);
    expect(stdout).toContain("parameters  130 (122 trainable, 8 not)");
    expect(stdout).toMatch(
      /\nwork {8}[\d.]+ kFLOP per example\nmemory {6}520 B of parameters, [\d.]+ (?:B|KiB) of values per example\n$/,
    );
  });

  test("of a checkpoint folder: operators with the layers that their weights belong to, the same totals", async () => {
    await svertka("train", task, "--data", data, "--out", path("run"), "--quiet");
    const trained = JSON.parse((await svertka("summary", path("run/checkpoint"), "--json")).stdout);
    const module = JSON.parse((await svertka("summary", task, "--json")).stdout);
    const { layers: _, ...totals } = module;
    expect(trained).toMatchObject(totals);
    expect(trained.layers).toContainEqual({
      name: "dense",
      op: "matMul",
      outputShape: [null, 12],
      parameters: 768,
      trainable: 768,
    });
    expect(await svertka("summary", path("run"))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("parameters  950"),
    });
  });
});

describe("explain", () => {
  test("of a model: which layers became one call, what each pass did, the backend's steps", async () => {
    const { code, stdout, stderr } = await svertka("explain", a1, "--backend", "wasm");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^backend wasm/);
    expect(stdout).toMatch(
      /── inference, batch of 1, on wasm ──\n\n\d+ kernel calls became \d+; each of these is one call:\n {2}2 × conv2d \+ biasAdd \+ relu {2}\(conv2d, conv2d_1\)\n/,
    );
    expect(stdout).toMatch(/\nfuseEpilogue +\d+ → \d+ +−\d+ +−[\d.]+ \w+ +[\d.]+ {2}removed /);
    expect(stdout).toContain("fuseEpilogue: ");
    expect(stdout).toMatch(/\nsteps:\n {2}%\d+ = \w+\(/);
    expect(stdout).not.toContain("── training step");
  });

  test("of a task: the training step too, conv, bias and relu being one call in it", async () => {
    const { stdout } = await svertka("explain", task, "--backend", "wasm", "--quiet");
    const [, training = ""] = stdout.split("── training step, batch of 16, on wasm ──");
    expect(training).toContain("conv2d + biasAdd + relu  (conv2d+relu)");
  });

  test("--json holds the explanations", async () => {
    const { code, stdout } = await svertka("explain", task, "--backend", "wasm", "--json");
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    for (const part of [found.inference, found.training]) {
      expect(part).toMatchObject({
        backend: "wasm",
        fused: expect.any(Array),
        passes: expect.any(Array),
        steps: expect.any(Array),
      });
      expect(part.fused[0].operators).toEqual(["conv2d", "biasAdd", "relu"]);
      expect(part.callsAfter).toBeLessThan(part.callsBefore);
    }
  });

  test("--pass shows the graph before and after, and names the passes when there is none such", async () => {
    const { code, stdout } = await svertka("explain", a1, "--backend", "cpu", "--pass", "fuseEpilogue");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^── inference, batch of 1: fuseEpilogue, run 1 of 2 ──\n.+\n\nbefore, \d+ nodes:\n%0 = [\s\S]*\n\nafter, \d+ nodes:\n%0 = /,
    );
    expect(await svertka("explain", a1, "--backend", "cpu", "--pass", "nope")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/error: --pass: there is no pass 'nope': the passes are .*fuseEpilogue/),
    });
  });

  test("of a checkpoint folder", async () => {
    mkdirSync(path("copy"), { recursive: true });
    await svertka("train", task, "--data", data, "--out", path("copy"), "--quiet");
    writeFileSync(join(path("copy"), "note.txt"), "");
    expect(await svertka("explain", path("copy"), "--backend", "wasm")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("conv2d + biasAdd + relu  (conv2d)"),
    });
  });
});

test("backends lists what loads, with the version of the package behind it", async () => {
  const { code, stdout } = await svertka("backends", "--json");
  expect(code).toBe(0);
  const found: readonly { readonly name: string }[] = JSON.parse(stdout);
  for (const [name, version] of [
    ["ort", versionOf("onnxruntime-node")],
    ["wasm", "4.22.0"],
    ["cpu", "4.22.0"],
    ["reference", null],
  ])
    expect(found.find((one) => one.name === name)).toMatchObject({
      description: expect.any(String),
      available: true,
      version,
      problem: null,
    });
  expect((await svertka("backends")).stdout).toMatch(/\nwasm +yes +4\.22\.0 +TensorFlow\.js kernels/);
});
