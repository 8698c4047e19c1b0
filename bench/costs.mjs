/**
 * What svertka costs beside its kernels, on wasm: `node bench/costs.mjs` prints a JSON object.
 *
 * callShare    A3, batch 1: processor time of a prediction by a net of the same steps on tensors of a few numbers, whose kernels do next to
 *              nothing, over that of A3 itself. Both in turn, the least of each.
 * compile      milliseconds of processor time from ResNet-50's expression to its program, weights excluded, the least of five.
 * batches      microseconds of processor time a picture of a net of A3's layers with 8 filters, by the size of the batch.
 * layers       milliseconds from a chain of so many convolutions with batch norm and relu to its program.
 */
import { compile, f32, model, orReject } from "svertka";
import { wasm } from "svertka/wasm";
import { lower } from "../dist/compiler/lowering/lower.js";
import { runPasses } from "../dist/compiler/pipeline.js";
import { orThrow } from "../dist/errors.js";
import { operators } from "../dist/ops/registry.js";
import { inferenceGraph } from "../dist/run/inference-graph.js";
import { numbers, size } from "./measure.mjs";
import { models } from "./models.mjs";
import { layers } from "./svertka-layers.mjs";

/** A3's layers on pictures of `side`, with so many filters and units. */
const convnet = (k, { side, filters, units }) => {
  let x = k.input([side, side, 1]);
  for (let i = 0; i < 2; i++) x = k.maxPool(k.activation(k.conv(x, filters, 3), "relu"), 2);
  return k.dense(k.activation(k.dense(k.flatten(x), units), "relu"), 10, "softmax");
};

/** Milliseconds of processor time of all threads, a run. */
const processorTime = async (runs, once) => {
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i++) await once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runs;
};

const leastOf = async (rounds, time) => {
  let least = Infinity;
  for (let i = 0; i < rounds; i++) least = Math.min(least, await time());
  return least;
};

const predicting = async (options, batch) => {
  const ready = await orReject(compile(model(convnet(layers, options)), { backend: wasm }));
  const shape = [batch, options.side, options.side, 1];
  const x = f32(shape, numbers(size(shape)));
  return () => orReject(ready.predict(x));
};

const callShare = async () => {
  const [tiny, whole] = [
    await predicting({ side: 10, filters: 1, units: 2 }, 1),
    await predicting({ side: 28, filters: 64, units: 128 }, 1),
  ];
  await processorTime(4000, tiny);
  await processorTime(400, whole);
  let [least, all] = [Infinity, Infinity];
  for (let round = 0; round < 7; round++) {
    least = Math.min(least, await processorTime(2000, tiny));
    all = Math.min(all, await processorTime(300, whole));
  }
  return least / all;
};

const device = await orReject(wasm.load);
const toProgram = (net) => {
  const { graph: source } = orThrow(inferenceGraph(net()));
  const { graph } = runPasses(source, { registry: operators, target: device.target });
  orThrow(lower(graph, { registry: operators, target: device.target, batch: 1, stableWeights: true }));
};
const compileTime = (net, rounds) => leastOf(rounds, () => processorTime(1, () => toProgram(net)));

const chain = (length) => () => {
  let x = layers.input([4, 4, 2]);
  for (let i = 0; i < length; i++)
    x = layers.activation(layers.batchNorm(layers.conv(x, 2, 3, { padding: "same", useBias: false })), "relu");
  return model(x);
};

const batches = {};
for (const batch of [64, 512, 4096]) {
  const once = await predicting({ side: 28, filters: 8, units: 32 }, batch);
  await once();
  batches[batch] = (1000 * (await leastOf(5, () => processorTime(1, once)))) / batch;
}
toProgram(chain(125));
const byLayers = {};
for (const length of [125, 250, 500, 1000]) byLayers[length] = await compileTime(chain(length), 3);

console.log(
  JSON.stringify({
    callShare: await callShare(),
    compile: await compileTime(() => model(models.resnet50(layers)), 5),
    batches,
    layers: byLayers,
  }),
);
process.exit(0);
