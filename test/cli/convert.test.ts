/** `svertka convert`: .onnx files that onnxruntime runs with the same result, and what cannot be written. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { orThrow } from "../../src/errors.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { batchNormalization, conv2d, dense, flatten, input, maxPool2d, model, pipe, relu } from "svertka";
   export default model(pipe(input([9, 8, 2]), conv2d({ filters: 4, kernelSize: 3, padding: "same" }), batchNormalization(), relu,
     maxPool2d(), flatten, dense({ units: 3, activation: "softmax" })));`,
);

test("writes an .onnx file that predicts the same, for any batch size", async () => {
  const x = f32(
    [3, 9, 8, 2],
    Float32Array.from({ length: 432 }, (_, i) => Math.sin(i)),
  );
  const given = work.file("x.npy", writeNpy(x));
  const output = work.path("net.onnx");
  expect(await svertka("convert", net, "--output", output)).toMatchObject({ code: 0 });
  expect(
    await svertka("predict", net, "--input", given, "--output", work.path("y"), "--backend", "wasm"),
  ).toMatchObject({
    code: 0,
  });
  const wanted = orThrow(readNpy(readFileSync(work.path("y/output.npy")), "output.npy"));
  const session = await onnxruntime.InferenceSession.create(output);
  expect(session.inputNames).toEqual(["input"]);
  expect(session.outputNames).toEqual(["output"]);
  const results = await session.run({ input: new onnxruntime.Tensor("float32", x.data, x.shape) });
  expect(results["output"]?.dims).toEqual([3, 3]);
  const got = results["output"]?.data;
  expect(got).toHaveLength(9);
  for (const [i, value] of wanted.data.entries()) expect(Number(got?.[i])).toBeCloseTo(Number(value), 5);
});

test("says what it wrote as JSON", async () => {
  const output = work.path("json.onnx");
  const { stdout } = await svertka("convert", net, "--output", output, "--json");
  expect(JSON.parse(stdout)).toEqual({
    format: "onnx",
    file: output,
    bytes: readFileSync(output).byteLength,
    weights: 8,
  });
});

test.each([
  ["model.json", 3, "a folder"],
  ["net.banana", 2, "no format"],
])("refuses %s before anything runs", async (name, code, sentence) => {
  const outcome = await svertka("convert", net, "--output", work.path(name));
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(sentence);
});

test("leaves no file behind when the folder is not there", async () => {
  const output = work.path("nowhere/net.onnx");
  const outcome = await svertka("convert", net, "--output", output);
  expect(outcome).toMatchObject({ code: 2 });
  expect(existsSync(output)).toBe(false);
});

test("a folder of TensorFlow.js keeps no weights of the model that was in it, and everything else", async () => {
  const dense = (units: number): string =>
    work.file(
      `dense${units}.ts`,
      `import { dense, input, model, pipe } from "svertka";
export default model(pipe(input([1200]), dense({ units: ${units} })));`,
    );
  const folder = work.path("twice");
  expect(await svertka("convert", dense(1000), "--output", folder)).toMatchObject({ code: 0 });
  expect(readdirSync(folder).toSorted()).toEqual(["group1-shard1of2.bin", "group1-shard2of2.bin", "model.json"]);
  for (const name of ["labels.txt", "group1-shard7of9.bin"]) writeFileSync(`${folder}/${name}`, "not of the model");
  expect(await svertka("convert", dense(1), "--output", folder)).toMatchObject({ code: 0 });
  expect(readdirSync(folder).toSorted()).toEqual([
    "group1-shard1of1.bin",
    "group1-shard7of9.bin",
    "labels.txt",
    "model.json",
  ]);
});
