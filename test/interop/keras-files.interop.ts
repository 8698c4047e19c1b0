/** Files that svertka writes, loaded by Keras: layers one by one, and architectures of keras.applications there and back. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { requiredPasses } from "../../src/compiler/pipeline.js";
import { orReject } from "../../src/errors.js";
import { readKeras } from "../../src/io/keras/read.js";
import { writeKeras } from "../../src/io/keras/write.js";
import { keptBytes, keptKerasFiles, largestError, outputsOf, triedOf } from "../io/keras/kept-files.js";
import { kerasSide, noPython, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "svertka-interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const architectures = [
  "MobileNet",
  "MobileNetV2",
  "MobileNetV3Small",
  "MobileNetV3Large",
  "EfficientNetB0",
  "EfficientNetV2B0",
  "DenseNet121",
  "NASNetMobile",
  "ResNet50",
  "ResNet50V2",
  "InceptionV3",
  "Xception",
  "VGG16",
  "ConvNeXtTiny",
];

/** What Keras says of each file that was written back. */
const checked = new Map<unknown, Record<string, unknown>>();

beforeAll(async () => {
  if (python === undefined) return;
  for (const id of keptKerasFiles) {
    const file = await orReject(readKeras(keptBytes(id), id));
    writeFileSync(join(folder, `${id}.back.keras`), await orReject(writeKeras(file.model, file.weights)));
    copyFileSync(new URL(`../fixtures/keras/${id}.safetensors`, import.meta.url), join(folder, `${id}.safetensors`));
  }
  for (const answer of await kerasSide("check", folder)) checked.set(answer["name"], answer);
  for (const id of keptKerasFiles) rmSync(join(folder, `${id}.back.keras`));
}, 240_000);

describe("each kept file, read and written by svertka, is in Keras what it was", () => {
  for (const id of keptKerasFiles)
    test(id, ({ skip }) => {
      if (python === undefined) skip(noPython);
      expect(checked.get(id)).toMatchObject({ name: id, error: expect.any(Number) });
      expect(checked.get(id)?.["error"]).toBeLessThan(1e-5);
    });
});

describe("keras.applications with random weights and statistics: Keras, svertka, Keras", () => {
  test("outputs agree within 1e-4 at every stage", async ({ skip }) => {
    if (python === undefined) skip(noPython);
    await kerasSide("make", folder, ...architectures);
    for (const name of architectures) {
      const file = await orReject(readKeras(new Uint8Array(readFileSync(join(folder, `${name}.keras`))), name));
      const tried = triedOf(readFileSync(join(folder, `${name}.safetensors`)));
      for (const passes of [undefined, requiredPasses]) {
        const got = await outputsOf(file, tried, { backend: wasm, passes });
        for (const [output, { data }] of tried.outputs) {
          const error = largestError(got.get(output), data);
          expect(error, `${name}, ${passes === undefined ? "optimised" : "not optimised"}`).toBeLessThan(1e-4);
        }
      }
      writeFileSync(join(folder, `${name}.back.keras`), await orReject(writeKeras(file.model, file.weights)));
      rmSync(join(folder, `${name}.keras`));
    }
    const answers = await kerasSide("check", folder);
    expect(new Set(answers.map(({ name }) => name))).toEqual(new Set(architectures));
    for (const { name, error, problem } of answers) {
      expect(problem, String(name)).toBeUndefined();
      expect(error, String(name)).toBeLessThan(1e-4);
    }
  }, 600_000);
});
