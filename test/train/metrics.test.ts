/** Metrics against Keras: the running value after each of three batches, and with weights of examples. */
import { describe, expect, test } from "vitest";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Graph } from "../../src/compiler/ir/graph.js";
import type { NdArray } from "../../src/data/nd-array.js";
import type { Device } from "../../src/backends/backend.js";
import { orReject, orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { metricNamed, type NamedOptions } from "../../src/train/by-name.js";
import { addSums, confusionMatrix, noSums, type Metric, type RunningSums } from "../../src/train/metrics/index.js";
import { backendsUnderTest } from "../support/backends.js";
import { noteGolden, wordOfKeras } from "../support/golden-notes.js";
import { runNamed } from "../support/run-named.js";
import { arrayOf, floatsOf, readTraining, type RawTensor } from "./training-fixtures.js";

interface MetricBatch {
  readonly labels: RawTensor;
  readonly output: RawTensor;
  /** Of the examples, where the metric heeds them. */
  readonly weights?: RawTensor;
  readonly value: unknown;
}
interface MetricCase {
  readonly metric: string;
  readonly options: NamedOptions;
  readonly batches: readonly MetricBatch[];
}

const { cases: plain } = readTraining<MetricCase>("metrics");
const { cases: weighted } = readTraining<MetricCase>("weighted_metrics");
const cases = [...plain, ...weighted];

const metricOf = ({ metric, options }: MetricCase): Metric =>
  metric === "confusion_matrix" ? confusionMatrix() : orThrow(metricNamed(metric, options));

const sumsGraph = (metric: Metric, { labels, output, weights }: MetricBatch): Graph => {
  const builder = graphBuilder(operators);
  const { emit } = builder;
  const made = emit("input", [], { name: "output", dtype: "f32", shape: ["n", ...output.shape.slice(1)] });
  const given = emit("input", [], { name: "labels", dtype: labels.dtype, shape: ["n", ...labels.shape.slice(1)] });
  const fed = weights === undefined ? undefined : emit("input", [], { name: "weights", dtype: "f32", shape: ["n"] });
  const { id } = metric.sums({ emit, output: made, labels: given, weights: fed });
  return builder.finish([{ kind: "result", name: "sums", value: id }]);
};

const batchSums = async (device: Device, metric: Metric, batch: MetricBatch): Promise<RunningSums> => {
  const examples = batch.output.shape[0] ?? 0;
  const feeds = new Map<string, NdArray<"f32"> | NdArray<"i32">>([
    ["output", floatsOf(batch.output)],
    ["labels", arrayOf(batch.labels)],
    ...(batch.weights === undefined ? [] : [["weights", floatsOf(batch.weights)] as const]),
  ]);
  const results = await runNamed(sumsGraph(metric, batch), device, { batch: examples, feeds });
  return { examples, sums: { [metric.name]: Array.from(results.get("sums") ?? []) } };
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  test.each(
    cases.map(
      (one) =>
        [
          `${one.metric} ${JSON.stringify(one.options)} ${one.batches[0]?.labels.dtype}${one.batches[0]?.weights === undefined ? "" : " weighted"}`,
          one,
        ] as const,
    ),
  )("%s", async (_name, one) => {
    const device = await orReject(backend.load);
    const metric = metricOf(one);
    let state = noSums;
    let forward = 0;
    for (const batch of one.batches) {
      state = addSums(state, await batchSums(device, metric, batch));
      const value = metric.value(state.sums[metric.name] ?? [], state.examples);
      const [found, expected] = [value, batch.value].map((values) => [values].flat(2).map(Number));
      expect(found?.length).toBe(expected?.length);
      found?.forEach((number, i) => {
        const want = expected?.[i] ?? Number.NaN;
        expect(number).toBeCloseTo(want, 5);
        forward = Math.max(forward, Math.abs(number - want));
      });
    }
    const name = one.metric.startsWith("mean_") ? "meanOf" : wordOfKeras(one.metric);
    noteGolden({ section: "metrics", name, backend: backendName, errors: { forward } });
  });
});

test("batches in another order give the same", () => {
  const a: RunningSums = { examples: 3, sums: { accuracy: [2], auc: [1, 2, 3] } };
  const b: RunningSums = { examples: 5, sums: { accuracy: [4], auc: [0, 1, 0] } };
  expect(addSums(addSums(noSums, a), b)).toEqual(addSums(addSums(noSums, b), a));
});
