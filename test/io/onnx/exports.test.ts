/** Small nets as PyTorch's exporters write them: what svertka reads gives what onnxruntime gave (scripts/goldens/make_onnx_exports.py). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reference } from "../../../src/backends/reference/index.js";
import { defaultPasses, requiredPasses } from "../../../src/compiler/pipeline.js";
import { sourceName } from "../../../src/compiler/ir/graph.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { modelOf, raise, sourceNames } from "../../../src/io/layers/index.js";
import { readNpy } from "../../../src/io/npy.js";
import { readOnnx } from "../../../src/io/onnx/read/index.js";
import { inferenceGraph } from "../../../src/run/inference-graph.js";
import { runNamed } from "../../support/run-named.js";
import { largestError } from "../keras/kept-files.js";

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/onnx/exports/${name}`, import.meta.url)));

const arrayOf = (name: string) => {
  const array = orThrow(readNpy(bytesOf(name), name));
  if (array.dtype !== "f32") throw new Error(`${name} holds ${array.dtype}`);
  return array;
};

test.each(["arithmetic", "generator", "transposed", "volumes"])("%s", async (name) => {
  const { graph, weights } = orThrow(readOnnx(bytesOf(`${name}.onnx`), { where: name }));
  const [x, wanted] = [arrayOf(`${name}.x.npy`), arrayOf(`${name}.y.npy`)];
  const device = await orReject(reference.load);
  const input = graph.nodes.find(({ op }) => op === "input");
  const feed = input === undefined ? "" : sourceName(input);
  const batch = x.shape[0] ?? 1;
  for (const passes of [requiredPasses, defaultPasses]) {
    const feeds = new Map([[feed, x], ...weights]);
    const [got] = (await runNamed(graph, device, { batch, feeds, passes, stableWeights: true })).values();
    expect(largestError(got, wanted.data), passes === requiredPasses ? "as it is read" : "optimised").toBeLessThan(
      1e-5,
    );
  }

  // Convolutions over volumes are not found again as layers.
  if (name === "volumes") return;
  // The layers that are found in it compute the same.
  const { layers, constants } = orThrow(raise(graph));
  const known = new Map([...weights, ...constants]);
  const named = [...sourceNames(layers)].flatMap(([own, now]) => {
    const array = known.get(now);
    return array === undefined ? [] : [[own, array] as const];
  });
  const raised = orThrow(inferenceGraph(orThrow(modelOf(layers)))).graph;
  const feeds = new Map([[feed, x], ...named]);
  const [got] = (
    await runNamed(raised, device, { batch, feeds, passes: requiredPasses, stableWeights: true })
  ).values();
  expect(largestError(got, wanted.data), "by its layers").toBeLessThan(1e-5);
});
