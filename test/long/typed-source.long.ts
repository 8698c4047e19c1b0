/**
 * Typed source of architectures of keras.applications, from each of the three readers: three versions of TypeScript accept it beside the
 * built package, and with its weights it gives Keras's outputs (of .onnx files onnxruntime's). It needs a Python with Keras; NAMES
 * are the architectures, SVERTKA_KERAS_FOLDER and SVERTKA_INTEROP_FOLDER keep their files.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { isModel } from "../../src/cli/load-model.js";
import { renamed } from "../../src/cli/found-layers.js";
import type { NdArray } from "../../src/data/nd-array.js";
import { orReject, orThrow } from "../../src/errors.js";
import { readKeras } from "../../src/io/keras/read.js";
import { raise, type LayerGraph } from "../../src/io/layers/index.js";
import { readNpy } from "../../src/io/npy.js";
import { readOnnx } from "../../src/io/onnx/read/index.js";
import { sourceOf } from "../../src/io/source/index.js";
import { readTensorFlowJs } from "../../src/io/tensorflow-js/read.js";
import { writeTensorFlowJs } from "../../src/io/tensorflow-js/write.js";
import type { Weights } from "../../src/run/initial-weights.js";
import { largestError, outputsOf, triedOf } from "../io/keras/kept-files.js";
import { filesOf } from "../io/tensorflow-js/witness.js";
import { kerasSide, noPython, onnxSide, python } from "../interop/python.js";
import { check, install, project, writeFile } from "../types/installed.js";

const names = (
  process.env["NAMES"] ??
  "MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetV2B0 DenseNet121 NASNetMobile ResNet50 ResNet50V2 InceptionV3 Xception VGG16"
).split(" ");

const folderOf = (variable: string): string => process.env[variable] ?? mkdtempSync(join(tmpdir(), "svertka-source-"));
const kerasFolder = folderOf("SVERTKA_KERAS_FOLDER");
const onnxFolder = folderOf("SVERTKA_INTEROP_FOLDER");
afterAll(() => {
  if (process.env["SVERTKA_KERAS_FOLDER"] === undefined) rmSync(kerasFolder, { recursive: true, force: true });
  if (process.env["SVERTKA_INTEROP_FOLDER"] === undefined) rmSync(onnxFolder, { recursive: true, force: true });
});

interface Read {
  readonly layers: LayerGraph;
  readonly weights: Weights;
  readonly x: NdArray<"f32">;
  readonly wanted: Float32Array;
}

const bytesOf = (folder: string, name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

const fromKeras = async (name: string): Promise<Read> => {
  const { graph, weights } = await orReject(readKeras(bytesOf(kerasFolder, `${name}.keras`), name));
  const { inputs, outputs } = triedOf(bytesOf(kerasFolder, `${name}.safetensors`));
  const [[x], [y]] = [[...inputs.values()], [...outputs.values()]];
  if (x === undefined || y === undefined) throw new Error(`${name}: Keras has tried it`);
  return { layers: graph, weights, x, wanted: y.data };
};

const fromTensorFlowJs = async (name: string): Promise<Read> => {
  const keras = await orReject(readKeras(bytesOf(kerasFolder, `${name}.keras`), name));
  const files = filesOf(orThrow(writeTensorFlowJs(keras.model, keras.weights)));
  const { graph, weights } = await orReject(readTensorFlowJs(files, "model.json"));
  return { ...(await fromKeras(name)), layers: graph, weights };
};

const numbersOf = (name: string): NdArray<"f32"> => {
  const read = orThrow(readNpy(bytesOf(onnxFolder, name), name));
  if (read.dtype !== "f32") throw new Error(`${name} holds ${read.dtype}`);
  return read;
};

const fromOnnx = async (name: string): Promise<Read> => {
  const { graph, weights } = orThrow(readOnnx(bytesOf(onnxFolder, `${name}.onnx`), { where: name }));
  const { layers, constants } = orThrow(raise(graph));
  const [x, { data }] = [numbersOf(`${name}.x.npy`), numbersOf(`${name}.y.npy`)];
  return { layers, weights: new Map([...weights, ...constants]), x, wanted: data };
};

const { resolve } = createRequire(import.meta.url);
const versions = [
  ["7.0", resolve("typescript/package.json")],
  ["5.9", resolve("typescript-5.9/package.json")],
  ["6.0", resolve("typescript-6.0/package.json")],
] as const;

const readers = { keras: fromKeras, tfjs: fromTensorFlowJs, onnx: fromOnnx };

describe.skipIf(python === undefined)(`typed source${python === undefined ? ` (${noPython})` : ""}`, () => {
  const files: string[] = [];
  beforeAll(async () => {
    const missing = (folder: string, ending: string): readonly string[] =>
      names.filter((name) => !existsSync(join(folder, name + ending)));
    const [keras, onnx] = [missing(kerasFolder, ".safetensors"), missing(onnxFolder, ".y.npy")];
    if (keras.length > 0) await kerasSide("make", kerasFolder, ...keras);
    if (onnx.length > 0) await onnxSide("write", onnxFolder, ...onnx);
    install(versions[0][1]);
  }, 1_800_000);

  describe.each(Object.entries(readers))("of %s", (format, read) => {
    test.each(names)("%s gives the same outputs", { timeout: 600_000 }, async (name) => {
      const { layers, weights, x, wanted } = await read(name);
      const source = orThrow(sourceOf(layers, { from: `${name}.${format}` }));
      const file = `${name}-${format}.ts`;
      writeFile(file, source.text);
      files.push(file);
      const module: { readonly default: unknown } = await import(/* @vite-ignore */ join(project, file));
      const net = module.default;
      if (!isModel(net)) throw new Error(`${file} has no model`);
      const inputs = new Map(Object.keys(net["~model"].inputs).map((input) => [input, x]));
      const own = { model: net, weights: renamed(weights, source.weights) };
      const [got] = (await outputsOf(own, { inputs }, { backend: wasm })).values();
      expect(largestError(got, wanted)).toBeLessThan(1e-4);
    });
  });

  test.each(versions)("TypeScript %s accepts all of it", { timeout: 900_000 }, (_, manifest) => {
    expect(files).toHaveLength(names.length * Object.keys(readers).length);
    const { output, instantiations } = check(manifest, files);
    expect(output.split("\n").filter((line) => /error TS/.test(line))).toEqual([]);
    expect(instantiations).toBeGreaterThan(0);
  });
});
