/** Fine-tuning from a file: a trained net's checkpoint, in part and under other names, below a new head. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipe } from "fp-ts/lib/function.js";
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { orReject, orThrow } from "../../src/errors.js";
import { batchNormalization, dense, input, model, named, relu, sequential, softmax } from "../../src/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/index.js";
import type { Weights } from "../../src/run/initial-weights.js";
import { adam, loadWeights, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { examplesOf } from "./small-task.js";

const body = sequential(dense({ units: 6 }), batchNormalization(), relu);
const first = model(pipe(input([4]), named("backbone", body), named("head", dense({ units: 3 })), softmax));
const second = model(pipe(input([4]), named("stem", body), named("classes", dense({ units: 5 })), softmax));
const shared = { backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam({ learningRate: 0.05 }) };

test("loadWeights(…, { partial, rename }) and trainable: the body is the file's and stays, the head learns", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svertka-tuning-"));
  const path = join(folder, "weights.safetensors");
  const before = await orReject(trainer({ ...shared, model: first }));
  for (let step = 0; step < 5; step++) await orReject(before.step(examplesOf(8, step)));
  const trained = await before.weights();
  before.dispose();
  writeFileSync(path, encodeSafetensors([...trained].map(([name, array]) => ({ name, ...array }))));

  const { tensors } = orThrow(decodeSafetensors(new Uint8Array(readFileSync(path)), path));
  rmSync(folder, { recursive: true });
  const given: Weights = new Map(
    tensors.flatMap(({ name, ...array }) => (array.dtype === "f32" ? [[name, array] as const] : [])),
  );
  const options = { partial: true, rename: { backbone: "stem" } };
  const { weights, fresh, unused } = orThrow(loadWeights(second, given, options));
  expect({ fresh, unused: unused.toSorted() }).toEqual({
    fresh: ["classes/dense/kernel", "classes/dense/bias"],
    unused: ["head/dense/bias", "head/dense/kernel"],
  });

  const running = await orReject(trainer({ ...shared, model: second, weights, trainable: ["classes"] }));
  const losses: number[] = [];
  for (let step = 0; step < 20; step++)
    losses.push((await orReject(running.step(examplesOf(32, 7))))["loss"] ?? Number.NaN);
  const after = await running.weights();
  running.dispose();
  for (const [name, { data }] of trained)
    if (name.startsWith("backbone")) expect(after.get(name.replace("backbone", "stem"))?.data, name).toEqual(data);
  expect(after.get("classes/dense/kernel")?.data).not.toEqual(weights.get("classes/dense/kernel")?.data);
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.8);
});
