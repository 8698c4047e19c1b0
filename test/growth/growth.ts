/** How time grows with the number of layers: processor time, since machines are shared, the least of several. */
import { reference } from "../../src/backends/reference/index.js";
import type { KernelDevice } from "../../src/backends/backend.js";
import { loadProgram } from "../../src/backends/executor.js";
import { lower } from "../../src/compiler/lowering/lower.js";
import { runPasses } from "../../src/compiler/pipeline.js";
import type { AnyExpr } from "../../src/dsl/expr.js";
import { input } from "../../src/dsl/input.js";
import { asFunction } from "../../src/dsl/layer.js";
import { model, type Model } from "../../src/dsl/model.js";
import { named } from "../../src/dsl/named.js";
import { residual } from "../../src/dsl/residual.js";
import { sequential } from "../../src/dsl/sequential.js";
import { orReject, orThrow } from "../../src/errors.js";
import { batchNormalization, conv2d, relu } from "../../src/ops/index.js";
import { operators } from "../../src/ops/registry.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { adam, meanSquaredError } from "../../src/train/index.js";
import { trainingGraph } from "../../src/train/step-graph.js";

export type Shape = "chain" | "residual";

/** A net of that many convolutions: one after the other, or two in each residual block. */
export const deepNet = (convolutions: number, shape: Shape): Model<unknown, unknown> => {
  const conv = sequential(
    conv2d({ filters: 2, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization(),
    relu,
  );
  let x: AnyExpr = input([4, 4, 2]);
  if (shape === "chain") for (let i = 0; i < convolutions; i++) x = asFunction(conv)(x);
  else
    for (let i = 0; i < convolutions; i += 2) x = asFunction(residual(named(`block${i}`, sequential(conv, conv))))(x);
  return model(x);
};

/** Milliseconds of processor time. */
const processorTime = (run: () => unknown): number => {
  const start = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - start) / 1000;
};

/** From a new expression to a program, without weights. */
export const compileTime = async (
  convolutions: number,
  shape: Shape,
  mode: "inference" | "training",
): Promise<number> => {
  const { target } = await orReject(reference.load);
  return processorTime(() => {
    const net = deepNet(convolutions, shape);
    const request = { registry: operators, seed: 0, loss: meanSquaredError(), metrics: [], optimizer: adam() };
    const source =
      mode === "inference"
        ? orThrow(inferenceGraph(net)).graph
        : orThrow(trainingGraph({ ...request, model: net["~model"] })).graph;
    const { graph } = runPasses(source, { registry: operators, target });
    orThrow(lower(graph, { registry: operators, target, batch: 1, stableWeights: mode === "inference" }));
  });
};

/** A device whose kernels do nothing: what is left is the cost of calling. */
const idle = (device: KernelDevice): KernelDevice => ({
  ...device,
  call: (_call, _inputs, type) => device.upload(new Float32Array(1), { ...type, shape: [1] }),
});

/** Of one run of a program, kernels apart. */
export const callTime = async (convolutions: number, runs: number): Promise<number> => {
  const device = idle(await orReject(reference.load));
  const { graph: source } = orThrow(inferenceGraph(deepNet(convolutions, "chain")));
  const { target } = device;
  const { graph } = runPasses(source, { registry: operators, target });
  const program = orThrow(lower(graph, { registry: operators, target, batch: 1, stableWeights: true }));
  const buffers = new Map(program.feeds.map(({ name, type }) => [name, device.upload(new Float32Array(1), type)]));
  const feed = (name: string) => {
    const buffer = buffers.get(name);
    if (buffer === undefined) throw new Error(`nothing is fed for ${name}`);
    return buffer;
  };
  const feeds = { input: feed, parameter: feed, state: feed };
  const loaded = loadProgram(device, program, feeds);
  return processorTime(() => {
    for (let i = 0; i < runs; i++) for (const result of loaded.run(feeds)) device.release(result);
  });
};

/** The least of several: other work on the machine only adds. */
export const leastOf = async (times: number, measure: () => Promise<number>): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) least = Math.min(least, await measure());
  return least;
};
