/** The command on a model whose input has unknown axes: any size is predicted, others ask for one. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { i32, f32 } from "../../src/data/index.js";
import { readNpy, writeNpy } from "../../src/io/index.js";
import { orThrow } from "../../src/index.js";
import { lastLine, svertka, workspace } from "./harness.js";

const { file, path } = workspace();
const net = file(
  "net.ts",
  `import { conv2d, dense, globalAvgPool2d, input, model, sequential } from "svertka";
export default model(input([null, null, 3]), sequential(conv2d({ filters: 2, kernelSize: 5 }), globalAvgPool2d, dense({ units: 4 })));`,
);
const images = (...shape: readonly number[]) =>
  f32(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5));

test("predict takes pictures of any size, and says which one is too small", async () => {
  for (const size of [5, 8]) {
    const x = file(`x${size}.npy`, writeNpy(images(2, size, size + 1, 3)));
    const { code } = await svertka("predict", net, "--input", x, "--output", path(`out${size}`), "--backend", "cpu");
    expect(code).toBe(0);
    expect(orThrow(readNpy(new Uint8Array(readFileSync(path(`out${size}/output.npy`))), "output")).shape).toEqual([
      2, 4,
    ]);
  }
  const small = file("small.npy", writeNpy(images(2, 3, 3, 3)));
  const said = await svertka("predict", net, "--input", small, "--output", path("none"), "--backend", "cpu");
  expect(said.code).toBe(2);
  expect(lastLine(said)).toMatch(/conv2d: kernel 5x5 does not fit input 3x3 with padding 'valid': pad by at least 1/);
});

test("summary shows unknown axes, and work and memory where a size is given", async () => {
  const { stdout } = await svertka("summary", net);
  expect(stdout).toContain("[n, ?, ?, 2]");
  expect(stdout).toContain("work        depends on the input's size (--input-shape)");
  const { stdout: json } = await svertka("summary", net, "--json");
  // 5·5·3·2 + 2 and 2·4 + 4.
  expect(JSON.parse(json)).toMatchObject({
    layers: [{ outputShape: [null, null, null, 2] }, { outputShape: [null, 2] }, { outputShape: [null, 4] }],
    parameters: 164,
    flops: null,
    memory: { parameters: 656, values: null },
  });
  const sized = await svertka("summary", net, "--json", "--input-shape", "9,7,3");
  expect(JSON.parse(sized.stdout)).toMatchObject({
    layers: [{ outputShape: [null, 5, 3, 2] }, {}, {}],
    parameters: 164,
  });
  expect(JSON.parse(sized.stdout)).toHaveProperty("flops", expect.any(Number));
});

test("explain asks for a size, or takes one", async () => {
  const without = await svertka("explain", net, "--backend", "cpu");
  expect(without.code).toBe(2);
  expect(lastLine(without)).toMatch(/\?x\?x3 has unknown axes, .*--input-shape/);
  const { code, stdout } = await svertka("explain", net, "--backend", "cpu", "--input-shape", "9,7,3");
  expect(code).toBe(0);
  expect(stdout).toContain("5, 3, 2");
});

test("fit trains at the size of its data, or a given one; the checkpoint holds the graph of that size", async () => {
  const x = file("x.npy", writeNpy(images(8, 6, 6, 3)));
  const y = file(
    "y.npy",
    writeNpy(
      i32(
        [8],
        Int32Array.from({ length: 8 }, (_, i) => i % 4),
      ),
    ),
  );
  const flags = ["--x", x, "--y", y, "--loss", "sparse_categorical_crossentropy", "--loss-option", "from_logits=true"];
  const sized = ["--input-shape", "6,6,3", "--output", path("trained")];
  const { code, stderr } = await svertka("fit", net, ...flags, "--optimizer", "sgd", "--backend", "cpu", ...sized);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const ofData = await svertka(
    "fit",
    net,
    ...flags,
    "--optimizer",
    "sgd",
    "--backend",
    "cpu",
    "--output",
    path("same"),
  );
  expect(ofData.code).toBe(0);
  const bytes = (name: string): Buffer => readFileSync(path(`${name}/weights.safetensors`));
  expect(bytes("same").equals(bytes("trained"))).toBe(true);
  const summary = await svertka("summary", path("trained"), "--json");
  expect(JSON.parse(summary.stdout)).toMatchObject({ layers: [{ outputShape: [null, 2, 2, 2] }, {}, {}, {}, {}] });
  const weights = ["--weights", path("trained/weights.safetensors"), "--backend", "cpu"];
  // Each evaluation takes the size of its own pictures.
  for (const size of [6, 9]) {
    const given = file(`e${size}.npy`, writeNpy(images(8, size, size, 3)));
    const judged = await svertka("evaluate", net, ...flags, "--x", given, ...weights);
    expect(judged).toMatchObject({ code: 0, stdout: expect.stringMatching(/^data, 8 examples: loss /) });
  }
  const mixed = ["--validation-x", file("v.npy", writeNpy(images(8, 9, 9, 3))), "--validation-y", y];
  const disagree = await svertka("fit", net, ...flags, "--optimizer", "sgd", "--backend", "cpu", ...mixed);
  expect(disagree).toMatchObject({ code: 2, stdout: "" });
  expect(lastLine(disagree)).toMatch(/^error: validation data, .*9, 9, 3.*6, 6, 3/);
  for (const wrong of [images(8, 3, 3, 3), images(8, 6, 6, 4), images(8, 36, 3)]) {
    const given = file("wrong.npy", writeNpy(wrong));
    const refused = await svertka("fit", net, ...flags, "--x", given, "--optimizer", "sgd", "--backend", "cpu");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(lastLine(refused)).toMatch(/^error: (?:conv2d|input): /);
  }
  const other = file("other.npy", writeNpy(images(1, 11, 5, 3)));
  expect((await svertka("predict", net, "--input", other, "--output", path("other"), ...weights)).code).toBe(0);
  expect((await svertka("summary", path("trained"), "--input-shape", "7,7,3")).code).toBe(2);
});

test("a shape that is none, or of no input, is a mistake", async () => {
  for (const wrong of ["9,x,3", "", "other=9,9,3", "9,9,4", "9,9", "0,9,3"]) {
    const said = await svertka("summary", net, "--input-shape", wrong);
    expect(said.code, wrong).toBe(2);
    expect(lastLine(said), wrong).toMatch(/input/);
  }
});

test("train takes the size of its task's data; --resume goes on", async () => {
  const task = file(
    "task.ts",
    `import { conv2d, dense, globalAvgPool2d, input, model, sequential } from "svertka";
import { f32, i32 } from "svertka/data";
import { adam, sparseCategoricalCrossentropy, task } from "svertka/train";
export default task({
  model: model(input([null, null, 3]), sequential(conv2d({ filters: 2, kernelSize: 5 }), globalAvgPool2d, dense({ units: 4 }))),
  loss: sparseCategoricalCrossentropy({ fromLogits: true }), optimizer: adam(), epochs: 2, batchSize: 4,
  data: () => async () => ({ _tag: "Right", right: { train: {
    x: f32([8, 7, 6, 3], Float32Array.from({ length: 8 * 7 * 18 }, (_, i) => Math.sin(i))),
    y: i32([8], Int32Array.from([0, 1, 2, 3, 0, 1, 2, 3])),
  } } }),
});`,
  );
  const train = (out: string, ...more: readonly string[]) =>
    svertka("train", task, "--out", path(out), "--backend", "cpu", "--quiet", ...more);
  expect(await train("run")).toMatchObject({ code: 0 });
  expect(await train("parts", "--epochs", "1")).toMatchObject({ code: 0 });
  expect(await train("parts", "--resume")).toMatchObject({ code: 0 });
  const bytes = (name: string): Buffer => readFileSync(path(`${name}/checkpoint/weights.safetensors`));
  expect(bytes("parts").equals(bytes("run"))).toBe(true);
  const { stdout } = await svertka("summary", path("run"), "--json");
  expect(JSON.parse(stdout)).toMatchObject({ layers: [{ outputShape: [null, 3, 2, 2] }, {}, {}, {}, {}] });
});
