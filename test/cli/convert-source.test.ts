/** `svertka convert … .ts`: source with its weights beside it, which predicts and trains as what it was made from does. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { add, batchNormalization, conv2d, dense, flatten, frozen, input, maxPool2d, model, named, pipe, relu } from "svertka";
   const stem = pipe(input([9, 8, 2]), named("stem", conv2d({ filters: 4, kernelSize: 3, padding: "same" })), frozen(batchNormalization()), relu);
   export default model(pipe(add(stem, pipe(stem, conv2d({ filters: 4, kernelSize: 1 }))), maxPool2d(), flatten, dense({ units: 3, activation: "softmax" })));`,
);
const x = work.file(
  "x.npy",
  writeNpy(
    f32(
      [5, 9, 8, 2],
      Float32Array.from({ length: 720 }, (_, i) => Math.sin(i)),
    ),
  ),
);
const y = work.file("y.npy", writeNpy(f32([5], Float32Array.from([0, 1, 2, 1, 0]))));

const predicted = async (model: string, ...rest: readonly string[]): Promise<ArrayLike<number>> => {
  const folder = work.path(`y-${Math.random().toString(36).slice(2)}`);
  const outcome = await svertka("predict", model, "--input", x, "--output", folder, "--backend", "cpu", ...rest);
  expect(outcome.code, outcome.stderr).toBe(0);
  const [file = ""] = readdirSync(folder);
  return orThrow(readNpy(readFileSync(`${folder}/${file}`), file)).data;
};
const agree = (got: ArrayLike<number>, wanted: ArrayLike<number>): void => {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs((got[i] ?? Number.NaN) - (wanted[i] ?? 0))).toBeLessThan(1e-6);
};

/** Converts to source and predicts with it. */
const throughSource = async (model: string, name: string, ...rest: readonly string[]): Promise<ArrayLike<number>> => {
  mkdirSync(work.path(name), { recursive: true });
  const output = work.path(`${name}/net.ts`);
  const outcome = await svertka("convert", model, "--output", output, ...rest);
  expect(outcome.code, outcome.stderr).toBe(0);
  return predicted(output, "--weights", work.path(`${name}/net.safetensors`));
};

test("from a module, an .onnx file and a .keras file", async () => {
  const fixed = work.path("fixed.safetensors");
  expect(await svertka("convert", net, "--output", fixed)).toMatchObject({ code: 0 });
  const wanted = await predicted(net, "--weights", fixed);
  agree(await throughSource(net, "module", "--weights", fixed), wanted);
  for (const format of ["onnx", "keras"]) {
    const file = work.path(`other.${format}`);
    expect(await svertka("convert", net, "--weights", fixed, "--output", file)).toMatchObject({ code: 0 });
    agree(await throughSource(file, format), wanted);
  }
  expect(readFileSync(work.path("module/net.ts"), "utf8")).toContain("frozen(batchNormalization())");
}, 120_000);

const learn = [
  "--loss",
  "sparse_categorical_crossentropy",
  "--optimizer",
  "sgd",
  "--epochs",
  "2",
  "--no-shuffle",
  "--backend",
  "cpu",
  "--quiet",
];

test("from a checkpoint, whose source trains on as the checkpoint does", async () => {
  const checkpoint = work.path("checkpoint");
  const trained = await svertka("fit", net, "--x", x, "--y", y, ...learn, "--output", checkpoint);
  expect(trained.code, trained.stderr).toBe(0);
  agree(await throughSource(checkpoint, "from-checkpoint"), await predicted(checkpoint));
  const source = work.path("from-checkpoint/net.ts");
  const onward = async (model: string, ...rest: readonly string[]): Promise<string> => {
    const history = work.path(`${Math.random().toString(36).slice(2)}.json`);
    const outcome = await svertka("fit", model, "--x", x, "--y", y, ...learn, "--history", history, ...rest);
    expect(outcome.code, outcome.stderr).toBe(0);
    return readFileSync(history, "utf8");
  };
  const losses = (text: string): readonly number[] => JSON.parse(text).loss;
  const [wanted, got] = [
    losses(await onward(checkpoint)),
    losses(await onward(source, "--weights", work.path("from-checkpoint/net.safetensors"))),
  ];
  agree(got, wanted);
}, 120_000);

test("an .onnx file is trained, by the layers that are found in it", async () => {
  const file = work.path("trainable.onnx");
  expect(await svertka("convert", net, "--output", file)).toMatchObject({ code: 0 });
  const output = work.path("onward.safetensors");
  const outcome = await svertka("fit", file, "--x", x, "--y", y, ...learn, "--output", output);
  expect(outcome.code, outcome.stderr).toBe(0);
  expect(readFileSync(output).byteLength).toBeGreaterThan(100);
}, 120_000);

test("both files or neither", async () => {
  mkdirSync(work.path("both"));
  mkdirSync(work.path("both/net.safetensors"));
  const refused = await svertka("convert", net, "--output", work.path("both/net.ts"));
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("this is a folder");
  expect(readdirSync(work.path("both"))).toEqual(["net.safetensors"]);
  mkdirSync(work.path("other"));
  mkdirSync(work.path("other/net.ts"));
  writeFileSync(work.path("other/net.safetensors"), "old");
  expect(await svertka("convert", net, "--output", work.path("other/net.ts"))).toMatchObject({ code: 2 });
  expect(readFileSync(work.path("other/net.safetensors"), "utf8")).toBe("old");
  expect(readdirSync(work.path("other"))).toEqual(["net.safetensors", "net.ts"]);
}, 60_000);
