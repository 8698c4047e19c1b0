/** onnxruntime-node given the file that Keras exports, with all of its optimisations and its own choice of threads. */
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { job, measure, numbers, size } from "../measure.mjs";
import { inputShapes } from "../models.mjs";

const asked = job();
const start = performance.now();
const session = await ort.InferenceSession.create(join(asked.exported, `${asked.model}.onnx`), {
  executionProviders: ["cpu"],
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
