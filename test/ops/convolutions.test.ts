/** What the compiler makes of the convolution layers: folding, fusion, groups, and the sentences of the transposed ones. */
import { beforeAll, describe, expect, test } from "vitest";
import { pipe } from "fp-ts/lib/function.js";
import type { Device } from "../../src/backends/backend.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { requiredPasses, runPasses } from "../../src/compiler/pipeline.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { input } from "../../src/dsl/input.js";
import { model } from "../../src/dsl/model.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  batchNormalization,
  conv1d,
  conv2d,
  conv2dTranspose,
  conv3dTranspose,
  depthwiseConv2d,
  relu6,
} from "../../src/ops/index.js";
import { operators } from "../../src/ops/registry.js";
import { randomInput } from "../support/random-inputs.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";

const graphOf = (expr: AnyExpr) => {
  const built = orThrow(toGraph(model(expr)["~model"], { registry: operators, mode: "inference", seed: 0 }));
  const outputs = built.outputs.map(({ name, value }) => ({ kind: "result" as const, name, value: value.id }));
  return { graph: built.builder.finish(outputs), weights: built.weights };
};

let device: Device;
beforeAll(async () => {
  device = await orReject(wasm.load);
});

const optimised = (graph: Graph): Graph =>
  runPasses(graph, { registry: operators, target: device.target, verifyEach: true }).graph;
const opsOf = (graph: Graph): readonly string[] => graph.nodes.map(({ op }) => op);

const image = input([6, 5, 4]);
const normalised = {
  "a depthwise convolution": pipe(
    image,
    depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
    batchNormalization(),
    relu6,
  ),
  "a convolution in as many groups as channels": pipe(
    image,
    conv2d({ filters: 8, kernelSize: 3, groups: 4, padding: "same" }),
    batchNormalization(),
  ),
  "a transposed convolution": pipe(
    image,
    conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }),
    batchNormalization(),
    relu6,
  ),
} satisfies Record<string, AnyExpr>;

describe.each(Object.entries(normalised))("batch normalisation after %s", (_, expr) => {
  test("melts into the weights, and the result is the same", async () => {
    const { graph, weights } = graphOf(expr);
    expect(opsOf(optimised(graph))).not.toContain("batchNormalization");
    const x = randomInput({ dtype: "f32", shape: [2, 6, 5, 4] }, undefined, 1);
    const feeds = new Map([
      ["input", { ...x, dtype: "f32" as const, data: Float64Array.from(x.data) }] as const,
      ...weights.map(({ name, shape }, i) => {
        const { data } = randomInput({ dtype: "f32", shape }, "positive", i);
        return [name, { dtype: "f32" as const, shape, data: Float64Array.from(data) }] as const;
      }),
    ]);
    const run = { batch: 2, feeds, stableWeights: true };
    const plain = await runNamed(graph, device, { ...run, passes: requiredPasses });
    const folded = await runNamed(graph, device, run);
    expect(relativeError(folded.get("output") ?? [], plain.get("output") ?? [])).toBeLessThan(1e-5);
  });
});

test("bias and activation are part of the depthwise call", () => {
  const { graph } = graphOf(pipe(image, depthwiseConv2d({ kernelSize: 3, activation: "relu6" })));
  expect(optimised(graph).nodes.at(-1)).toMatchObject({
    op: "depthwiseConv2d",
    epilogue: [{ op: "biasAdd" }, { op: "relu6" }],
  });
});

test("groups of one channel are one depthwise call, not slices", () => {
  const { graph } = graphOf(pipe(image, conv2d({ filters: 4, kernelSize: 3, groups: 4, useBias: false })));
  expect(opsOf(optimised(graph))).toEqual(["input", "parameter", "reshape", "depthwiseConv2d"]);
});

test("a 1-D convolution is one call between views", () => {
  const { graph } = graphOf(pipe(input([20, 3]), conv1d({ filters: 4, kernelSize: 3, activation: "relu" })));
  expect(opsOf(optimised(graph)).filter((op) => !["input", "parameter", "reshape"].includes(op))).toEqual(["conv2d"]);
});

test.each([
  [
    conv2dTranspose({ filters: 8, kernelSize: 3, padding: 2 }),
    [2, 2, 4],
    "conv2dTranspose: padding 2 leaves nothing of the output 4x4: use padding 'valid', or at most 1 on each side",
  ],
  [
    conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2, outputPadding: 2 }),
    [2, 2, 4],
    "conv2dTranspose: outputPadding 2 is not smaller than strides 2: use an outputPadding below the stride of each axis",
  ],
  [
    conv3dTranspose({ filters: 8, kernelSize: 2, padding: "same", outputPadding: 0 }),
    [1, 4, 4, 4],
    "conv3dTranspose: padding 'same' leaves nothing of the output 2x5x5: use padding 'valid', or at most 0 on each side",
  ],
] as const)("the sentence %#", (layer, shape, sentence) => {
  // The layers refuse these shapes in types, which test/types compares; here only the run time is asked.
  const apply = layer as unknown as (x: AnyExpr) => AnyExpr;
  expect(apply(input([...shape])).shape).toMatchObject({ error: sentence });
});
