/** .keras files as MODEL and as what `convert` and `fit` write; what is refused, and with which exit code. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { keptBytes, keptTried, largestError } from "../io/keras/kept-files.js";
import { withConfig } from "../io/keras/damaged.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const kept = work.file("kept.keras", keptBytes("sequential"));
const tried = keptTried("sequential");
const [x = f32([1], Float32Array.of(0))] = tried.inputs.values();
const [want = f32([1], Float32Array.of(0))] = tried.outputs.values();
const images = work.file("x.npy", writeNpy(x));
const labels = work.file(
  "y.npy",
  writeNpy(
    f32(
      [2, 5],
      Float32Array.from({ length: 10 }, (_, i) => (i % 6 === 0 ? 1 : 0)),
    ),
  ),
);
const examples = ["--x", images, "--y", labels, "--loss", "categorical_crossentropy"];
const onWasm = ["--backend", "wasm"];

const predicted = async (file: string, name = "output"): Promise<ArrayLike<number>> => {
  const folder = work.path(`${file.replaceAll(/\W/g, "_")}-out`);
  expect(await svertka("predict", file, "--input", images, "--output", folder, ...onWasm)).toMatchObject({ code: 0 });
  return Float32Array.from(orThrow(readNpy(readFileSync(`${folder}/${name}.npy`), name)).data);
};

test("predict gives Keras's outputs", async () => {
  expect(largestError(await predicted(kept), want.data)).toBeLessThan(1e-5);
});

test("summary has Keras's names and counts", async () => {
  const { code, stdout } = await svertka("summary", kept, "--json");
  expect(code).toBe(0);
  const summary: { layers: { name: string; outputShape: unknown }[]; parameters: number } = JSON.parse(stdout);
  expect(summary.layers.map(({ name }) => name)).toEqual(["conv2d", "max_pooling2d", "flatten", "dropout", "dense"]);
  // 3·3·3·4 + 4 and 64·5 + 5.
  expect(summary.parameters).toBe(112 + 325);
});

test("explain and evaluate take it", async () => {
  expect(await svertka("explain", kept, ...onWasm)).toMatchObject({ code: 0 });
  const { code, stdout } = await svertka("evaluate", kept, ...examples, "--json", ...onWasm);
  expect(code).toBe(0);
  const { loss }: { loss: number } = JSON.parse(stdout);
  // Cross entropy of Keras's own outputs.
  const entropy = [0, 6].reduce((sum, place) => sum - Math.log(Number(want.data[place])) / 2, 0);
  expect(loss).toBeCloseTo(entropy, 5);
});

test("convert writes it again, and modules too; predictions stay", async () => {
  const again = work.path("again.keras");
  expect(await svertka("convert", kept, "--output", again)).toMatchObject({ code: 0 });
  expect(largestError(await predicted(again, "dense"), want.data)).toBeLessThan(1e-5);
  const onnx = work.path("kept.onnx");
  expect(await svertka("convert", kept, "--output", onnx)).toMatchObject({ code: 0 });
  expect(existsSync(onnx)).toBe(true);
});

test("fit trains it on and writes it, with the same layers", async () => {
  const output = work.path("trained.keras");
  const fitted = await svertka(
    "fit",
    kept,
    ...examples,
    "--optimizer",
    "sgd",
    "--epochs",
    "3",
    "--output",
    output,
    ...onWasm,
  );
  expect(fitted).toMatchObject({ code: 0 });
  const { stdout } = await svertka("evaluate", output, ...examples, "--json", ...onWasm);
  const before = await svertka("evaluate", kept, ...examples, "--json", ...onWasm);
  const lossOf = (text: string): number =>
    Number(Object.entries(JSON.parse(text)).find(([key]) => key === "loss")?.[1]);
  expect(lossOf(stdout)).toBeLessThan(lossOf(before.stdout));
});

const changed = (name: string, change: (text: string) => string): string =>
  work.file(name, withConfig(keptBytes("sequential"), change));

test.each([
  {
    name: "a Lambda",
    file: changed("lambda.keras", (text) => text.replace('"Dropout"', '"Lambda"')),
    code: 3,
    says: "svertka has no Lambda: the code of a Lambda is not run",
  },
  {
    name: "a file cut short",
    file: work.file("cut.keras", keptBytes("sequential").slice(0, 9000)),
    code: 2,
    says: "cut short",
  },
  { name: "no file", file: work.path("none.keras"), code: 2, says: "no such file" },
])("$name is one sentence and no file", async ({ file, code, says }) => {
  const output = work.path("never.keras");
  const outcome = await svertka("convert", file, "--output", output);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(says);
  expect(outcome.stderr.trim().split("\n")).toHaveLength(1);
  expect(existsSync(output)).toBe(false);
});

test("what only training needs and svertka has not stops fit, not predict", async () => {
  const file = changed("regularised.keras", (text) =>
    text.replaceAll('"bias_regularizer": null', '"bias_regularizer": {"class_name": "L2", "config": {"l2": 0.1}}'),
  );
  expect(largestError(await predicted(file), want.data)).toBeLessThan(1e-5);
  const outcome = await svertka("fit", file, ...examples, "--optimizer", "sgd", ...onWasm);
  expect(outcome.code).toBe(3);
  expect(outcome.stderr).toContain("svertka does not train with conv2d: bias_regularizer");
});
