/**
 * Architectures with random weights as .onnx files: onnx's checker accepts them, and onnxruntime in Python gives our
 * predictions. PYTHON names an interpreter with scripts/goldens/requirements.txt (default: .venv/bin/python).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { model } from "../../src/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { ort } from "../../src/backends/ort/index.js";
import { f32, type NdArray } from "../../src/data/nd-array.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { orReject, orThrow } from "../../src/errors.js";
import { writeNpy } from "../../src/io/npy.js";
import { onnxOf } from "../../src/io/onnx/of-model.js";
import { fillNormal, fillUniform, foldIn, keyOf } from "../../src/random/index.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { initialWeights, type Weights } from "../../src/run/initial-weights.js";
import { predictor } from "../../src/run/predictor.js";
import { densenet121 } from "../types/nets/densenet121.js";
import { efficientnetb0 } from "../types/nets/efficientnetb0.js";
import { inceptionv3 } from "../types/nets/inceptionv3.js";
import { lenet } from "../types/nets/lenet.js";
import { a1 } from "../types/nets/lesson.js";
import { mobilenetv2 } from "../types/nets/mobilenetv2.js";
import { mobilenetv3 } from "../types/nets/mobilenetv3.js";
import { resnet20 } from "../types/nets/resnet20.js";
import { resnet50 } from "../types/nets/resnet50.js";
import { resnext50 } from "../types/nets/resnext50.js";
import { unetSame } from "../types/nets/unet.js";

const nets: Readonly<Record<string, AnyExpr>> = {
  a1,
  lenet,
  resnet20,
  mobilenetv2,
  mobilenetv3,
  efficientnetb0,
  densenet121,
  resnet50,
  resnext50,
  inceptionv3,
  unetSame,
};
const picked = process.env["NETS"]?.split(",") ?? Object.keys(nets);

const folder = mkdtempSync(join(tmpdir(), "svertka-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Statistics that are not those of a fresh layer, so that batch normalisation does something. */
const withStatistics = (weights: Weights): Weights =>
  new Map(
    [...weights].map(([name, array]): readonly [string, NdArray<"f32">] => {
      const data = array.data.slice();
      const key = foldIn(keyOf(7), name);
      if (name.endsWith("movingVariance")) fillUniform(data, key, 0);
      else if (name.endsWith("movingMean") || name.endsWith("beta")) fillNormal(data, key);
      else return [name, array];
      return [
        name,
        f32(
          array.shape,
          data.map((value) => (name.endsWith("Variance") ? 0.5 + value : value / 10)),
        ),
      ];
    }),
  );

test.each(picked)("%s is written and predicts the same on wasm and ort", async (name) => {
  const expr = nets[name];
  if (expr === undefined) throw new Error(`NETS names '${name}'`);
  const { graph, model: description } = orThrow(inferenceGraph(model(expr)));
  const weights = withStatistics(initialWeights(description.weights, 0));
  const input = graph.nodes.find(({ op }) => op === "input");
  const shape = [2, ...(input?.type.shape.slice(1).map(Number) ?? [])];
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillNormal(data, keyOf(1));
  const x = f32(shape, data);
  const outputs = [];
  for (const backend of [wasm, ort]) {
    const ready = await orReject(predictor({ graph, weights, backend }));
    outputs.push(Object.values(await orReject(ready.predict(x)))[0] ?? f32([0], new Float32Array()));
    ready.dispose();
  }
  const [wanted = f32([0], new Float32Array()), got = wanted] = outputs;
  expect(centredError(got.data, wanted.data), "ort beside wasm").toBeLessThan(1e-4);
  writeFileSync(join(folder, `${name}.onnx`), orThrow(onnxOf(graph, weights)).bytes);
  writeFileSync(join(folder, `${name}.input.npy`), writeNpy(x));
  writeFileSync(join(folder, `${name}.output.npy`), writeNpy(wanted));
});

/** Over what the outputs have beside their mean: fresh nets give nearly equal probabilities. */
const centredError = (got: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  const values = Array.from(wanted);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const square = (sum: number, value: number): number => sum + value * value;
  const difference = values.map((value, i) => value - (got[i] ?? Number.NaN)).reduce(square, 0);
  return Math.sqrt(difference / values.map((value) => value - mean).reduce(square, 0));
};

test("onnx's checker and onnxruntime agree", () => {
  const python = process.env["PYTHON"] ?? ".venv/bin/python";
  const text = execFileSync(python, ["scripts/goldens/check_onnx.py", folder], { encoding: "utf8" });
  const results: Record<string, { error: number; nodes: number; transposes: number }> = JSON.parse(text);
  console.table(results);
  expect(Object.keys(results).toSorted()).toEqual(picked.toSorted());
  for (const [name, { error }] of Object.entries(results)) expect(error, name).toBeLessThan(1e-4);
});
