/** Every format from everything that is readable: what svertka reads again predicts the same; and `fit` writes what `convert` writes. */
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { largestError } from "../io/keras/kept-files.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { add, batchNormalization, conv2d, dense, dropout, flatten, input, maxPool2d, model, named, pipe, relu, residual, separableConv2d, softmax } from "svertka";
   export default model(pipe(input([8, 8, 3]), named("stem", conv2d({ filters: 4, kernelSize: 3, padding: "same" })), batchNormalization(), relu,
     residual(separableConv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "hardSwish" })), maxPool2d(),
     flatten, dropout({ rate: 0.3 }), dense({ units: 3 }), softmax));`,
);
const x = work.file(
  "x.npy",
  writeNpy(
    f32(
      [6, 8, 8, 3],
      Float32Array.from({ length: 6 * 192 }, (_, i) => Math.sin(i * i * 0.17)),
    ),
  ),
);
const y = work.file(
  "y.npy",
  writeNpy(
    f32(
      [6, 1],
      Float32Array.from({ length: 6 }, (_, i) => i % 3),
    ),
  ),
);
const onWasm = ["--backend", "wasm"];
const learn = ["--x", x, "--y", y, "--loss", "sparse_categorical_crossentropy", "--optimizer", "sgd", ...onWasm];

const done = async (...args: readonly string[]): Promise<void> => {
  const outcome = await svertka(...args);
  expect(outcome.code, outcome.stderr).toBe(0);
};

let runs = 0;
const predicted = async (file: string, ...rest: readonly string[]): Promise<ArrayLike<number>> => {
  const folder = work.path(`predicted-${(runs += 1)}`);
  await done("predict", file, "--input", x, "--output", folder, ...onWasm, ...rest);
  const [name = ""] = work.list(`predicted-${runs}`);
  return Float32Array.from(orThrow(readNpy(readFileSync(`${folder}/${name}`), name)).data);
};

const endings = [".keras", ".onnx", ".ts", "-folder", ".safetensors", ".savedmodel"];
const checkpoint = work.path("checkpoint");
const weights = work.path("checkpoint/weights.safetensors");
let wanted: ArrayLike<number> = [];

/** What a written file predicts; one that svertka does not read again is there, which TensorFlow's loader looks at elsewhere. */
const holds = async (output: string): Promise<void> => {
  if (output.endsWith(".savedmodel")) expect(existsSync(`${output}/saved_model.pb`)).toBe(true);
  else if (output.endsWith(".safetensors"))
    expect(largestError(await predicted(net, "--weights", output), wanted)).toBeLessThan(1e-5);
  else {
    const beside = output.endsWith(".ts") ? ["--weights", output.replace(/ts$/, "safetensors")] : [];
    expect(largestError(await predicted(output, ...beside), wanted), output).toBeLessThan(1e-5);
  }
};

beforeAll(async () => {
  await done("fit", net, ...learn, "--seed", "1", "--epochs", "2", "--output", checkpoint);
  wanted = await predicted(checkpoint);
  for (const ending of [".keras", ".onnx", "-folder"])
    await done("convert", net, "--weights", weights, "--output", work.path(`given${ending}`));
}, 60_000);

const given: readonly (readonly [string, string, readonly string[]])[] = [
  ["a module", net, ["--weights", weights]],
  ["a checkpoint", checkpoint, []],
  [".keras", work.path("given.keras"), []],
  [".onnx", work.path("given.onnx"), []],
  ["model.json", work.path("given-folder/model.json"), []],
];

describe.each(given)("%s", (name, file, rest) => {
  test.each(endings)("to %s", async (ending) => {
    const output = work.path(`from${name.replaceAll(/\W/g, "-")}${ending}`);
    await done("convert", file, ...rest, "--output", output);
    // Names of weights are those of the module only where the file keeps them.
    if (ending !== ".safetensors" || !/onnx|json|keras/.test(name)) await holds(output);
  });
});

describe.each([
  ["a module", net, ["--weights", weights]],
  ["a checkpoint", checkpoint, []],
  [".onnx", work.path("given.onnx"), []],
  ["model.json", work.path("given-folder/model.json"), []],
])("fit of %s", (name, file, rest) => {
  test("writes every format, and all of them predict the same", async () => {
    const onward = (ending: string): string => work.path(`onward${name.replaceAll(/\W/g, "-")}${ending}`);
    for (const ending of [".keras", ".onnx", ".ts", ".savedmodel", "-checkpoint"])
      await done("fit", file, ...rest, ...learn, "--seed", "2", "--no-shuffle", "--output", onward(ending));
    const results = [
      await predicted(onward("-checkpoint")),
      await predicted(onward(".keras")),
      await predicted(onward(".onnx")),
      await predicted(onward(".ts"), "--weights", onward(".safetensors")),
    ];
    expect(existsSync(`${onward(".savedmodel")}/saved_model.pb`)).toBe(true);
    expect(largestError(results[0], wanted), "it has learned something").toBeGreaterThan(1e-4);
    // Dropout draws by the layer's path, which other formats spell otherwise: only results of one run are compared here.
    for (const result of results) expect(largestError(result, results[0] ?? [])).toBeLessThan(1e-4);
  });
});
