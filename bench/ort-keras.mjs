/**
 * The ort backend beside onnxruntime-node given the file that Keras exports, both on one thread, in turn in one
 * process; and what a call of ours costs beside its `session.run`.
 *
 *   npm run build && python bench/peers/keras_peer.py export FOLDER a3 mobilenetv2 && node bench/ort-keras.mjs FOLDER [seconds]
 *
 * Calls alternate; told are medians and minima over all of them, and the ratio of each; above 1 svertka is faster. On a machine
 * with other work only the minima mean much.
 */
import { join } from "node:path";
import * as onnxruntime from "onnxruntime-node";
import { compile, f32, model, orReject } from "svertka";
import { ortWith } from "svertka/ort";
import { inputShapes, models } from "./models.mjs";
import { layers } from "./svertka-layers.mjs";

const [, , folder = ".", seconds = "5"] = process.argv;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const least = (values) => Math.min(...values);

const clock = async (times, call) => {
  const start = performance.now();
  await call();
  times.push(performance.now() - start);
};

/** The native call of ours, timed from inside: what lies above it is what a call of ours costs. */
const inside = [];
const original = onnxruntime.InferenceSession.prototype.run;
const timedRun = async function run(...args) {
  const start = performance.now();
  const results = await original.apply(this, args);
  inside.push(performance.now() - start);
  return results;
};

const rows = {};
for (const [name, batch] of [
  ["a3", 1],
  ["a3", 64],
  ["mobilenetv2", 1],
]) {
  const shape = [batch, ...inputShapes[name]];
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
  const ready = await orReject(compile(model(models[name](layers)), { backend: ortWith({ threads: 1 }) }));
  const session = await onnxruntime.InferenceSession.create(join(folder, `${name}.onnx`), {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
  });
  const x = f32(shape, data);
  const ours = () => orReject(ready.predict(x));
  const keras = () => session.run({ [session.inputNames[0]]: new onnxruntime.Tensor("float32", data, shape) });
  for (let i = 0; i < 5; i++) await (ours(), keras());
  const times = { ours: [], keras: [], whole: [] };
  inside.length = 0;
  const start = performance.now();
  while (performance.now() - start < 1000 * Number(seconds) || times.ours.length < 9) {
    await clock(times.ours, ours);
    await clock(times.keras, keras);
    onnxruntime.InferenceSession.prototype.run = timedRun;
    await clock(times.whole, ours);
    onnxruntime.InferenceSession.prototype.run = original;
  }
  const above = times.whole.map((whole, i) => 1 - inside[i] / whole);
  rows[`${name} batch ${batch}`] = {
    calls: times.ours.length,
    "svertka-ort ms": `${median(times.ours).toFixed(3)}, ${least(times.ours).toFixed(3)}`,
    "keras file ms": `${median(times.keras).toFixed(3)}, ${least(times.keras).toFixed(3)}`,
    ratio: `${(median(times.keras) / median(times.ours)).toFixed(2)}, ${(least(times.keras) / least(times.ours)).toFixed(2)}`,
    "beside session.run": `${(100 * median(above)).toFixed(1)} %`,
  };
  ready.dispose();
}
console.table(rows);
