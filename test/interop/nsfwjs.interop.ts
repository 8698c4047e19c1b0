/** Real published weights: the models of the npm package nsfwjs, quantised and sharded, give what TensorFlow.js gives. */
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import "../../src/backends/tfjs/wasm/index.js";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { svertka } from "../cli/harness.js";

const models = fileURLToPath(new URL("../../.cache/nsfwjs", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "svertka-nsfwjs-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const missing = "missing: the models of nsfwjs: node scripts/fetch-nsfwjs.mjs";

/** TensorFlow.js's own answer, on its WebAssembly kernels. */
const witness = async (folder: string, x: ReturnType<typeof f32>): Promise<Float32Array> => {
  await tf.setBackend("wasm");
  const { modelTopology, weightsManifest }: { modelTopology: object; weightsManifest: tf.io.WeightsManifestConfig } =
    JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const files = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(join(folder, path)));
  const { buffer, byteOffset, byteLength } = Buffer.concat(files);
  const model = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: buffer.slice(byteOffset, byteOffset + byteLength),
    }),
  );
  const result = model.predict(tf.tensor4d(x.data, x.shape as [number, number, number, number]));
  return Float32Array.from((result as tf.Tensor).dataSync());
};

describe.each([
  ["mobilenet_v2", 224],
  ["inception_v3", 299],
])("%s", (name, size) => {
  const folder = join(models, name);
  const x = f32(
    [1, size, size, 3],
    Float32Array.from({ length: size * size * 3 }, (_, i) => Math.abs(Math.sin(i * 0.01))),
  );

  test("predicts the same, and so does what it is converted to", async ({ skip }) => {
    if (!existsSync(join(folder, "model.json"))) skip(missing);
    const wanted = await witness(folder, x);
    expect(wanted).toHaveLength(5);
    const input = join(work, `${name}.npy`);
    writeFileSync(input, writeNpy(x));
    const outputs = async (model: string, ...rest: readonly string[]): Promise<readonly number[]> => {
      const to = join(work, "y");
      const outcome = await svertka(
        "predict",
        model,
        ...rest,
        "--input",
        input,
        "--output",
        to,
        "--backend",
        "wasm",
        "--json",
      );
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const [{ file }]: [{ file: string }] = JSON.parse(outcome.stdout).outputs;
      return [...orThrow(readNpy(readFileSync(file), file)).data];
    };
    const close = (got: readonly number[]): void => {
      for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 4);
    };
    close(await outputs(join(folder, "model.json")));
    const convert = async (to: string): Promise<void> => {
      const outcome = await svertka("convert", join(folder, "model.json"), "--output", to);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    };
    for (const ending of [".keras", ".onnx", ""]) {
      await convert(join(work, `${name}${ending}`));
      close(await outputs(join(work, `${name}${ending}`)));
    }
    // TensorFlow.js on what svertka wrote for it.
    const again = await witness(join(work, name), x);
    close([...again]);
    await convert(join(work, `${name}.ts`));
    close(await outputs(join(work, `${name}.ts`), "--weights", join(work, `${name}.safetensors`)));
    for (const ending of [".savedmodel", ".weights.safetensors"]) await convert(join(work, `${name}${ending}`));
    expect(existsSync(join(work, `${name}.savedmodel`, "saved_model.pb"))).toBe(true);
  });
});
