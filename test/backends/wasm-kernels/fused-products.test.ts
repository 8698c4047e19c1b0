/** What follows a convolution or a product is one call with it on wasm, and gives what plain sums give; weights are packed once. */
import { expect, test } from "vitest";
import { wasm } from "../../../src/backends/tfjs/wasm/index.js";
import { graphBuilder } from "../../../src/compiler/ir/builder.js";
import type { Graph } from "../../../src/compiler/ir/graph.js";
import { lower } from "../../../src/compiler/lowering/lower.js";
import { defaultPasses, runPasses } from "../../../src/compiler/pipeline.js";
import { orReject, orThrow } from "../../../src/errors.js";
import { operators } from "../../../src/ops/registry.js";
import { runGraph, type Numbered } from "../../support/run-graph.js";
import { randomTensor } from "./harness.js";

const silu = (x: number): number => x / (1 + Math.exp(-x));

const numbered = (shape: readonly number[], seed: number): Numbered => ({
  dtype: "f32",
  shape,
  data: [...randomTensor(shape, seed).values],
});

/** silu(a · b + bias + residual), factors transposed as said; the weights are parameters 1, 2, …. */
const productGraph = (transposeA: boolean, transposeB: boolean): Graph => {
  const builder = graphBuilder(operators);
  const source = (op: string, name: string, shape: readonly number[]) =>
    builder.emit(op, [], { name, dtype: "f32", shape: [...shape] });
  const a = source("input", "0", transposeA ? [5, 3] : [3, 5]);
  const b = source("parameter", "1", transposeB ? [11, 5] : [5, 11]);
  const product = builder.emit("matMul", [a, b], { transposeA, transposeB });
  const biased = builder.emit("biasAdd", [product, source("parameter", "2", [11])]);
  const sum = builder.emit("add", [biased, source("input", "3", [3, 11])]);
  const value = builder.emit("silu", [sum]).id;
  return builder.finish([{ kind: "result", name: "y", value }]);
};

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])("a product with bias, residual and silu, transposed: %s, %s", async (transposeA, transposeB) => {
  const device = await orReject(wasm.load);
  const a = numbered(transposeA ? [5, 3] : [3, 5], 1);
  const b = numbered(transposeB ? [11, 5] : [5, 11], 2);
  const [bias, residual] = [numbered([11], 3), numbered([3, 11], 4)];
  const expected = Array.from({ length: 33 }, (_, place) => {
    const [row, column] = [Math.floor(place / 11), place % 11];
    let sum = (bias.data[column] ?? 0) + (residual.data[place] ?? 0);
    for (let k = 0; k < 5; k++)
      sum +=
        (a.data[transposeA ? k * 3 + row : row * 5 + k] ?? 0) *
        (b.data[transposeB ? column * 5 + k : k * 11 + column] ?? 0);
    return silu(sum);
  });
  const before = device.memory().buffers;
  const { y } = await runGraph(productGraph(transposeA, transposeB), device, [a, b, bias, residual], defaultPasses);
  expect(device.memory().buffers).toBe(before);
  expect(y).toHaveLength(33);
  y?.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5));
});

test("weights that are stable are packed before the first batch, others in each run", async () => {
  const device = await orReject(wasm.load);
  const { graph } = runPasses(productGraph(false, false), { registry: operators, target: device.target });
  const calls = (stableWeights: boolean) => {
    const program = orThrow(lower(graph, { registry: operators, target: device.target, batch: 1, stableWeights }));
    const names = (steps: typeof program.steps) =>
      steps.flatMap((step) => (step.kind === "call" ? [step.call.kernel] : []));
    return { prepare: names(program.prepare), steps: names(program.steps) };
  };
  expect(calls(true)).toEqual({ prepare: ["packFilter"], steps: ["product"] });
  expect(calls(false)).toEqual({ prepare: [], steps: ["packFilter", "product"] });
});
