/** Files that svertka writes, loaded by Keras: layers one by one. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32 } from "../../src/data/nd-array.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  activation,
  compile,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  dropout,
  flatten,
  fromArray,
  gaussianNoise,
  hardSwish,
  input,
  instanceNormalization,
  localResponseNormalization,
  maxPool2d,
  maxout,
  model,
  ops,
  parameter,
  pipe,
  separableConv2d,
  sumPool2d,
} from "../../src/index.js";
import { readKeras } from "../../src/io/keras/read.js";
import { writeKeras } from "../../src/io/keras/write.js";
import { encodeSafetensors } from "../../src/io/safetensors.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { initialWeights } from "../../src/run/initial-weights.js";
import { keptBytes, keptKerasFiles } from "../io/keras/kept-files.js";
import { kerasSide, noPython, python } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "svertka-interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

/** One output for each word that Keras has no layer for, or no such option: Keras's layers compute the same. */
const image = input([9, 8, 4], { name: "image" });
const wordsOfOurs: Readonly<Record<string, AnyExpr>> = {
  sum_pool: pipe(image, sumPool2d({ poolSize: 3, strides: 2 })),
  sum_pool_same: pipe(image, sumPool2d({ poolSize: [3, 2], padding: "same" })),
  sum_pool_padded: pipe(
    image,
    sumPool2d({
      poolSize: 2,
      padding: [
        [1, 0],
        [0, 1],
      ],
    }),
  ),
  maxout: pipe(image, maxout({ units: 2 })),
  local_response: pipe(image, localResponseNormalization({ depthRadius: 1, bias: 2, alpha: 0.5, beta: 0.75 })),
  instance_norm: pipe(image, instanceNormalization()),
  conv_padded: pipe(
    image,
    conv2d({
      filters: 3,
      kernelSize: 3,
      padding: [
        [2, 0],
        [1, 1],
      ],
      strides: 2,
    }),
  ),
  depthwise_padded: pipe(image, depthwiseConv2d({ kernelSize: 3, padding: 1 })),
  separable_padded: pipe(image, separableConv2d({ filters: 3, kernelSize: 3, padding: [1, 2] })),
  transposed_padded: pipe(image, conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 1 })),
  max_pool_padded: pipe(image, maxPool2d({ poolSize: 3, strides: 2, padding: 1 })),
  hard_swish: pipe(image, hardSwish, activation({ name: "celu", alpha: 2 })),
  log_softmax_axis: pipe(image, activation({ name: "logSoftmax", axis: 1 })),
  dropped: pipe(image, dropout({ rate: 0.5, noiseShape: [null, 1, 1, 1] }), gaussianNoise({ stddev: 0.1 }), flatten),
  scaled: ops.multiply(image, parameter([4], { name: "gamma", initializer: fromArray([1, 2, 3, 4]) })),
  corner: ops.slice(image, { begin: [1, 2, 1], size: [4, 3, 2] }),
  squared: ops.reduceMean(ops.square(ops.add(image, 1)), { axes: [1, 2] }),
};

test("words and options that Keras has not are written as layers that compute the same", async ({ skip }) => {
  if (python === undefined) skip(noPython);
  const net = model({ inputs: { image }, outputs: wordsOfOurs });
  const { model: outline } = orThrow(inferenceGraph(net));
  const weights = initialWeights(outline.weights, 3);
  const x = f32(
    [2, 9, 8, 4],
    Float32Array.from({ length: 2 * 288 }, (_, i) => Math.sin(i * i * 0.13)),
  );
  const ready = await orReject(compile(net, { backend: wasm, weights }));
  const outputs = Object.entries(await orReject(ready.predict(x)));
  ready.dispose();
  const tensors = outputs.map(([name, array]) => ({ name: `output/${name}`, ...array }));
  writeFileSync(join(folder, "ours.safetensors"), encodeSafetensors([{ name: "input/image", ...x }, ...tensors]));
  writeFileSync(join(folder, "ours.back.keras"), await orReject(writeKeras(net, weights)));
  const [answer] = await kerasSide("check", folder);
  rmSync(join(folder, "ours.back.keras"));
  expect(answer?.["problem"]).toBeUndefined();
  expect(answer?.["error"]).toBeLessThan(1e-5);
}, 240_000);
