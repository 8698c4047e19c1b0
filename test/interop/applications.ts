/**
 * keras.applications with random weights and random statistics of batch normalisation, there and back: Keras, svertka, Keras, and
 * Keras, svertka, TensorFlow.js, svertka, TensorFlow.js. What each stage gives is compared with Keras's own outputs.
 * SVERTKA_KERAS_FOLDER keeps the files, and takes those that are there.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { requiredPasses } from "../../src/compiler/pipeline.js";
import type { NdArray } from "../../src/data/nd-array.js";
import { orReject, orThrow } from "../../src/errors.js";
import { readKeras, type LayersFile } from "../../src/io/keras/read.js";
import { writeKeras } from "../../src/io/keras/write.js";
import { readTensorFlowJs } from "../../src/io/tensorflow-js/read.js";
import { writeTensorFlowJs } from "../../src/io/tensorflow-js/write.js";
import { largestError, outputsOf, triedOf } from "../io/keras/kept-files.js";
import {
  filesOf,
  loadedByTensorFlowJs,
  predictedByTensorFlowJs,
  savedByTensorFlowJs,
} from "../io/tensorflow-js/witness.js";
import { kerasSide, noPython, python } from "./python.js";

/** Those with less than 40 MB of weights go through TensorFlow.js in every run. */
export const smallArchitectures: readonly string[] = [
  "MobileNet",
  "MobileNetV2",
  "MobileNetV3Small",
  "MobileNetV3Large",
  "EfficientNetB0",
  "EfficientNetV2B0",
  "DenseNet121",
  "NASNetMobile",
];

export const architectures: readonly string[] = [
  ...smallArchitectures,
  "ResNet50",
  "ResNet50V2",
  "InceptionV3",
  "Xception",
  "VGG16",
  "ConvNeXtTiny",
];

interface Tried {
  readonly x: NdArray<"f32">;
  readonly wanted: Float32Array;
}

/** svertka's outputs are Keras's, optimised and not. */
const agrees = async (file: LayersFile, { x, wanted }: Tried, what: string): Promise<void> => {
  const inputs = new Map(file.graph.inputs.map(({ name }) => [name, x]));
  for (const passes of [undefined, requiredPasses]) {
    const [got] = (await outputsOf(file, { inputs }, { backend: wasm, passes })).values();
    expect(largestError(got, wanted), `${what}, ${passes === undefined ? "optimised" : "not optimised"}`).toBeLessThan(
      1e-4,
    );
  }
};

const throughTensorFlowJs = async (file: LayersFile, tried: Tried): Promise<void> => {
  const witness = async (model: LayersModel): Promise<number> =>
    largestError(await predictedByTensorFlowJs(model, tried.x), tried.wanted);
  const first = await loadedByTensorFlowJs(orThrow(writeTensorFlowJs(file.model, file.weights)));
  expect(await witness(first), "svertka's folder in TensorFlow.js").toBeLessThan(1e-4);
  // What svertka reads now is TensorFlow.js's own file.
  const again = await orReject(readTensorFlowJs(filesOf(await savedByTensorFlowJs(first)), "model.json"));
  first.dispose();
  await agrees(again, tried, "TensorFlow.js's own file in svertka");
  const second = await loadedByTensorFlowJs(orThrow(writeTensorFlowJs(again.model, again.weights)));
  expect(await witness(second), "svertka's second folder in TensorFlow.js").toBeLessThan(1e-4);
  second.dispose();
};

/** The tests; those of `names` go through TensorFlow.js too. */
export const roundTripTests = (names: readonly string[]): void => {
  const kept = process.env["SVERTKA_KERAS_FOLDER"];
  const folder = kept ?? mkdtempSync(join(tmpdir(), "svertka-applications-"));
  const file = (name: string): string => join(folder, name);
  afterAll(() => {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  });

  describe.skipIf(python === undefined)(`keras.applications${python === undefined ? ` (${noPython})` : ""}`, () => {
    beforeAll(async () => {
      await tf.setBackend("wasm");
      const missing = architectures.filter((name) => !existsSync(file(`${name}.safetensors`)));
      if (missing.length > 0) await kerasSide("make", folder, ...missing);
    }, 900_000);

    test.each(architectures)("%s", { timeout: 300_000 }, async (name) => {
      const read = await orReject(readKeras(new Uint8Array(readFileSync(file(`${name}.keras`))), name));
      const arrays = triedOf(readFileSync(file(`${name}.safetensors`)));
      const [[x], [output]] = [[...arrays.inputs.values()], [...arrays.outputs.values()]];
      if (x === undefined || output === undefined) throw new Error(`${name}: Keras has tried it`);
      const tried = { x, wanted: output.data };
      await agrees(read, tried, "Keras's file in svertka");
      writeFileSync(file(`${name}.back.keras`), await orReject(writeKeras(read.model, read.weights)));
      if (names.includes(name)) await throughTensorFlowJs(read, tried);
    });

    test("Keras gives the same of what was written", { timeout: 600_000 }, async () => {
      const answers = await kerasSide("check", folder);
      for (const name of architectures) rmSync(file(`${name}.back.keras`));
      expect(new Set(answers.map(({ name }) => name))).toEqual(new Set(architectures));
      for (const { name, error, problem } of answers) {
        expect(problem, String(name)).toBeUndefined();
        expect(error, String(name)).toBeLessThan(1e-4);
      }
    });
  });
};
