/**
 * onnx -> svertka -> onnx: architectures of keras.applications through tf2onnx, with random weights and statistics. onnxruntime is
 * the witness of what is read, as it is and optimised, and of what is written again.
 * SVERTKA_INTEROP_FOLDER keeps the files, and takes those that are there.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Device } from "../../src/backends/backend.js";
import { defaultPasses, requiredPasses } from "../../src/compiler/pipeline.js";
import { orReject, orThrow } from "../../src/errors.js";
import { readNpy } from "../../src/io/npy.js";
import { onnxOf } from "../../src/io/onnx/of-model.js";
import { readOnnx } from "../../src/io/onnx/read/index.js";
import { runNamed } from "../support/run-named.js";
import { noPython, onnxSide, python } from "./python.js";

const architectures = [
  "MobileNet",
  "MobileNetV2",
  "MobileNetV3Small",
  "MobileNetV3Large",
  "ResNet50",
  "ResNet50V2",
  "EfficientNetV2B0",
  "DenseNet121",
  "InceptionV3",
  "Xception",
  "VGG16",
  "NASNetMobile",
];

const kept = process.env["SVERTKA_INTEROP_FOLDER"];
const folder = kept ?? mkdtempSync(join(tmpdir(), "svertka-onnx-"));
afterAll(() => {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
});

const array = (name: string): ReturnType<typeof f32Of> => f32Of(readFileSync(join(folder, name)), name);
const f32Of = (bytes: Uint8Array, name: string) => {
  const read = orThrow(readNpy(bytes, name));
  if (read.dtype !== "f32") throw new Error(`${name} holds ${read.dtype}`);
  return read;
};

/** The largest difference over the largest number. */
const largestError = (got: ArrayLike<number>, wanted: Float32Array): number => {
  expect(got.length).toBe(wanted.length);
  const difference = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))), 0);
  return difference / wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
};

describe.skipIf(python === undefined)(`onnx files of tf2onnx${python === undefined ? ` (${noPython})` : ""}`, () => {
  let device: Device;
  beforeAll(async () => {
    device = await orReject(wasm.load);
    const missing = architectures.filter((name) => !existsSync(join(folder, `${name}.y.npy`)));
    // One Python for all: it takes longer to start than to write one.
    if (missing.length > 0) await onnxSide("write", folder, ...missing);
  }, 1_800_000);

  test.each(architectures)("%s", { timeout: 300_000 }, async (name) => {
    const { graph, weights } = orThrow(readOnnx(readFileSync(join(folder, `${name}.onnx`)), { where: name }));
    const [x, wanted] = [array(`${name}.x.npy`), array(`${name}.y.npy`)];
    const feeds = new Map([["image", x], ...weights]);
    for (const [passes, how] of [
      [requiredPasses, "as it is read"],
      [defaultPasses, "optimised"],
    ] as const) {
      const [got = new Float64Array()] = (
        await runNamed(graph, device, { batch: 2, feeds, passes, stableWeights: true })
      ).values();
      expect(largestError(got, wanted.data), how).toBeLessThan(1e-4);
    }
    // A file in which Keras has images channels last is read without turning them.
    expect(
      graph.nodes.filter(({ op, type }) => op === "transpose" && type.shape.length === 4 && type.shape[0] === "n"),
    ).toEqual([]);
    writeFileSync(join(folder, `${name}.again.onnx`), orThrow(onnxOf(graph, weights)).bytes);
  });

  test("onnxruntime gives the same of what was written again", { timeout: 600_000 }, async () => {
    const answers = await onnxSide("run", folder, ...architectures);
    expect(answers.map(({ name }) => name)).toEqual(architectures);
    for (const { name, error } of answers) expect(error, String(name)).toBeLessThan(1e-4);
  });
});
