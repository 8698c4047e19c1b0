/**
 * onnxruntime-web on its WebAssembly provider, on one thread, given the model as svertka's converter writes it: the model's own
 * operators and weights, unoptimised; onnxruntime's optimiser is on. The same job as tfjs-layers.mjs.
 */
import * as ort from "onnxruntime-web";
import { model, orReject } from "../../dist/index.js";
import { onnxOf } from "../../dist/io/onnx/of-model.js";
import { inferenceGraph } from "../../dist/run/inference-graph.js";
import { initialWeights } from "../../dist/run/initial-weights.js";
import { job, measure, numbers, size } from "../measure.mjs";
import { inputShapes, models } from "../models.mjs";
import { layers } from "../svertka-layers.mjs";

const asked = job();
const right = (either) => orReject(() => Promise.resolve(either));
const { graph, model: built } = await right(inferenceGraph(model(models[asked.model](layers))));
const { bytes } = await right(onnxOf(graph, initialWeights(built.weights, 0)));

const start = performance.now();
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(bytes, {
  executionProviders: ["wasm"],
  graphOptimizationLevel: "all",
});
const shape = [asked.batch, ...inputShapes[asked.model]];
const data = numbers(size(shape));
const [input] = session.inputNames;
await measure(asked, start, async () => {
  const results = await session.run({ [input]: new ort.Tensor("float32", data, shape) });
  for (const result of Object.values(results)) await result.getData();
});
process.exit(0);
