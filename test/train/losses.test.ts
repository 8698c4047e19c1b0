/** Losses against Keras: values and gradients, from logits, behind softmax or sigmoid, and of bare probabilities. */
import { describe, expect, test } from "vitest";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Graph, Value } from "../../src/compiler/ir/graph.js";
import type { Dims } from "../../src/compiler/ir/type.js";
import { orReject, orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { lossNamed, type NamedOptions } from "../../src/train/by-name.js";
import type { Loss } from "../../src/train/losses/index.js";
import { appendObjective } from "../../src/train/objective.js";
import type { Device } from "../../src/backends/backend.js";
import { backendsUnderTest } from "../support/backends.js";
import { elementError } from "../support/element-error.js";
import { noteGolden, wordOfKeras } from "../support/golden-notes.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { floatsOf, arrayOf, numbersOf, readTraining, type RawTensor } from "./training-fixtures.js";
import { labelsName, sampleWeightsName } from "../../src/train/objective.js";

interface LossCase {
  readonly loss: string;
  readonly options: NamedOptions;
  readonly ending: "values" | "logits" | "probabilities" | "softmax" | "sigmoid";
  readonly x: RawTensor;
  readonly labels: RawTensor;
  readonly sampleWeights?: RawTensor;
  readonly value: number;
  readonly gradient: RawTensor;
}

const { cases } = readTraining<LossCase>("losses");

/** The loss of x and its gradient by x. */
const lossGraph = (loss: Loss, { ending, x, sampleWeights }: LossCase): Graph => {
  const builder = graphBuilder(operators);
  const { emit } = builder;
  const shape: Dims = ["n", ...x.shape.slice(1)];
  const fed = emit("input", [], { name: "x", dtype: "f32", shape });
  const output = ending === "softmax" || ending === "sigmoid" ? emit(ending, [fed]) : fed;
  const total = ending === "probabilities" ? ofBareProbabilities() : ofModel();
  const [gradient] = appendGradient({
    nodes: builder.finish([]).nodes.slice(),
    builder,
    registry: operators,
    loss: total,
    wrt: [fed],
  });
  const outputs = Object.entries({ loss: total, gradient: gradient ?? total });
  return builder.finish(outputs.map(([name, { id }]) => ({ kind: "result", name, value: id })));

  function ofModel(): Value {
    const model = {
      builder,
      inputs: [{ name: "x", value: fed }],
      outputs: [{ name: "output", value: output }],
      weights: [],
      layers: [],
      updates: new Map(),
      step: undefined,
    };
    return orThrow(appendObjective(model, { loss, metrics: [], weighted: sampleWeights !== undefined }, operators))
      .loss;
  }

  /** A model that ends in no softmax is refused: the loss itself is asked. */
  function ofBareProbabilities(): Value {
    const labels = emit("input", [], { name: labelsName, ...loss.labels(shape) });
    const each = loss.perExample({ emit, output, logits: undefined, labels });
    const weights =
      sampleWeights === undefined ? [] : [emit("input", [], { name: sampleWeightsName, dtype: "f32", shape: ["n"] })];
    const weighed = weights.length === 0 ? each : emit("multiply", [each, ...weights]);
    return emit("reduceMean", [weighed], { axes: [0], keepDims: false });
  }
};

const run = async (
  device: Device,
  one: LossCase,
): Promise<{ readonly loss: number; readonly gradient: Float64Array }> => {
  const loss = orThrow(lossNamed(one.loss, one.options));
  const feeds = new Map([
    ["x", floatsOf(one.x)] as const,
    [labelsName, arrayOf(one.labels)] as const,
    ...(one.sampleWeights === undefined ? [] : [[sampleWeightsName, floatsOf(one.sampleWeights)] as const]),
  ]);
  const results = await runNamed(lossGraph(loss, one), device, { batch: one.x.shape[0] ?? 0, feeds });
  return { loss: results.get("loss")?.[0] ?? Number.NaN, gradient: results.get("gradient") ?? new Float64Array() };
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  test.each([...new Set(cases.map(({ loss }) => loss))])("%s gives Keras's values and gradients", async (name) => {
    const device = await orReject(backend.load);
    const own = cases.filter(({ loss }) => loss === name);
    expect(own.length).toBeGreaterThanOrEqual(10);
    for (const one of own) {
      const { loss, gradient } = await run(device, one);
      const about = JSON.stringify({ ...one.options, ending: one.ending, shape: one.x.shape });
      const errors = {
        forward: Math.abs(loss - one.value) / Math.max(1e-3, Math.abs(one.value)),
        gradient: relativeError(gradient, numbersOf(one.gradient)),
      };
      expect(errors.forward, `value ${loss}, not ${one.value}: ${about}`).toBeLessThanOrEqual(1e-4);
      expect(errors.gradient, `gradient: ${about}`).toBeLessThanOrEqual(1e-4);
      expect(elementError(gradient, numbersOf(one.gradient)), `an element: ${about}`).toBeLessThanOrEqual(1e-4);
      noteGolden({ section: "losses", name: wordOfKeras(name), backend: backendName, errors });
    }
  });
});
