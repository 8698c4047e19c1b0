/** TensorFlow.js itself as the witness of folders: it loads them, predicts, and saves models. */
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel, type LayersModel } from "@tensorflow/tfjs-layers";
import type { NdArray } from "../../../src/data/nd-array.js";
import { failTask } from "../../../src/errors.js";
import { TE } from "../../../src/fp.js";
import type { TensorFlowJsFiles } from "../../../src/io/tensorflow-js/read.js";
import type { FolderFile } from "../../../src/io/tensorflow-js/write.js";

interface Model {
  readonly modelTopology: object;
  readonly weightsManifest: tf.io.WeightsManifestConfig;
}

/** `tf.loadLayersModel` on the files of a folder. */
export const loadedByTensorFlowJs = (files: readonly FolderFile[]): Promise<LayersModel> => {
  const bytes = new Map(files.map((file) => [file.name, file.bytes()]));
  const { modelTopology, weightsManifest }: Model = JSON.parse(new TextDecoder().decode(bytes.get("model.json")));
  const shards = weightsManifest.flatMap(({ paths }) => paths).map((path) => bytes.get(path) ?? new Uint8Array());
  const whole = Buffer.concat(shards);
  return loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.byteLength),
    }),
  );
};

/** Its first output. */
export const predictedByTensorFlowJs = async (model: LayersModel, x: NdArray<"f32">): Promise<Float32Array> => {
  const input = tf.tensor(x.data, [...x.shape]);
  const result = model.predict(input);
  const [first] = Array.isArray(result) ? result : [result];
  const numbers = Float32Array.from((await first?.data()) ?? []);
  tf.dispose([input, result]);
  return numbers;
};

/** model.json and one file of weights, as `model.save` writes them. */
export const savedByTensorFlowJs = async (model: LayersModel): Promise<readonly FolderFile[]> => {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const data = saved?.weightData;
  const weights = new Uint8Array(data instanceof ArrayBuffer ? data : new ArrayBuffer(0));
  const json = {
    modelTopology: saved?.modelTopology,
    format: saved?.format,
    generatedBy: saved?.generatedBy,
    convertedBy: saved?.convertedBy,
    weightsManifest: [{ paths: ["model.weights.bin"], weights: saved?.weightSpecs }],
  };
  const text = new TextEncoder().encode(JSON.stringify(json));
  return [
    { name: "model.json", size: text.byteLength, bytes: () => text },
    { name: "model.weights.bin", size: weights.byteLength, bytes: () => weights },
  ];
};

/** A folder in memory, as the reader asks for it. */
export const filesOf = (files: readonly FolderFile[]): TensorFlowJsFiles => {
  const find = (name: string): Uint8Array | undefined => files.find((file) => file.name === name)?.bytes();
  return {
    model: find("model.json") ?? new Uint8Array(),
    file: (path) => {
      const bytes = find(path);
      return bytes === undefined ? failTask("BadFile", path, "no such file: check the path") : TE.of(bytes);
    },
  };
};
