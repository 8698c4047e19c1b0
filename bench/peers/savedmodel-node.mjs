/** tfjs-node running the SavedModel that Keras exports: the whole net in one native call. */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-node";
import { job, measure, numbers, size } from "../measure.mjs";
import { inputShapes } from "../models.mjs";

const asked = job();
const start = performance.now();
const net = await tf.node.loadSavedModel(join(asked.exported, asked.model), ["serve"], "serve");
const shape = [asked.batch, ...inputShapes[asked.model]];
const data = numbers(size(shape));
await measure(asked, start, async () => {
  const x = tf.tensor(data, shape);
  const result = net.predict(x);
  const y = Array.isArray(result) ? result[0] : result instanceof tf.Tensor ? result : Object.values(result)[0];
  await y.data();
  tf.dispose([x, y]);
});
process.exit(0);
