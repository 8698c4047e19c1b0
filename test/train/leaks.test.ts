/** Training, evaluation and prediction leave nothing behind: neither buffers nor WebAssembly memory grow. */
import { pipe } from "fp-ts/lib/function.js";
import { expect, test } from "vitest";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Device, MemoryUse } from "../../src/backends/backend.js";
import { f32, i32 } from "../../src/data/nd-array.js";
import { input } from "../../src/dsl/input.js";
import { model } from "../../src/dsl/model.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import { batchNormalization, conv2d, dense, dropout, flatten, maxPool2d, relu, softmax } from "../../src/ops/index.js";
import { operators } from "../../src/ops/registry.js";
import { fillUniform, keyOf } from "../../src/random/index.js";
import { predictor } from "../../src/run/predictor.js";
import { accuracy, adam, sparseCategoricalCrossentropy, trainer, type Batch } from "../../src/train/index.js";

const net = model(
  pipe(
    input([8, 8, 1]),
    conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
    batchNormalization(),
    relu,
    maxPool2d(),
    flatten,
    dropout({ rate: 0.3 }),
    dense({ units: 3 }),
    softmax,
  ),
);

const batchOf = (size: number): Batch & { readonly x: ReturnType<typeof f32> } => {
  const pixels = new Float32Array(size * 64);
  fillUniform(pixels, keyOf(size));
  return {
    x: f32([size, 8, 8, 1], pixels),
    y: i32(
      [size],
      Int32Array.from({ length: size }, (_, i) => i % 3),
    ),
  };
};

const warmUp = 20;

/** What the device holds after the warm-up and at the end. */
const memoryOver = async (
  steps: number,
  device: Device,
  step: (index: number) => Promise<unknown>,
): Promise<readonly [MemoryUse, MemoryUse]> => {
  for (let index = 0; index < warmUp; index++) await step(index);
  const warm = device.memory();
  for (let index = warmUp; index < steps; index++) await step(index);
  return [warm, device.memory()];
};

test("1,000 training steps, then 200 evaluations", async () => {
  const before = (await orReject(wasm.load)).memory().buffers;
  const options = {
    model: net,
    backend: wasm,
    loss: sparseCategoricalCrossentropy(),
    optimizer: adam(),
    metrics: [accuracy()],
  };
  const running = await orReject(trainer(options));
  // The last batch of an epoch is smaller, and has a program of its own.
  const batches = [batchOf(8), batchOf(8), batchOf(5)];
  const batchAt = (index: number): Batch => batches[index % batches.length] ?? batchOf(8);
  const [warm, end] = await memoryOver(1000, running.device, (index) => orReject(running.step(batchAt(index))));
  expect(end).toEqual(warm);
  const [evaluated, atLast] = await memoryOver(200, running.device, (index) =>
    orReject(running.evaluateBatch(batchAt(index))),
  );
  expect(atLast).toEqual(evaluated);
  expect(atLast.bytes).toBe(end.bytes);
  running.dispose();
  expect(running.device.memory().buffers, "after dispose").toBe(before);
});

test("a snapshot is restored 100 times", async () => {
  const running = await orReject(
    trainer({ model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  await orReject(running.step(batchOf(8)));
  const [warm, end] = await memoryOver(100, running.device, async () => {
    orThrow(running.restore(await running.snapshot(), "test"));
    await orReject(running.step(batchOf(8)));
  });
  expect(end).toEqual(warm);
  running.dispose();
});

test("1,000 predictions of batches of many sizes", async () => {
  const before = (await orReject(wasm.load)).memory().buffers;
  const { builder, outputs } = orThrow(toGraph(net["~model"], { registry: operators, mode: "inference", seed: 0 }));
  const graph = builder.finish(outputs.map(({ name, value }) => ({ kind: "result", name, value: value.id })));
  const training = await orReject(
    trainer({ model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  const weights = await training.weights();
  training.dispose();
  const running = await orReject(predictor({ graph, weights, backend: wasm }));
  // More sizes than programs that are kept: the oldest are given up.
  const sizes = Array.from({ length: 12 }, (_, i) => batchOf(i + 1).x);
  const [warm, end] = await memoryOver(1000, running.device, (index) =>
    orReject(running.predict(sizes[index % sizes.length] ?? batchOf(1).x)),
  );
  expect(end).toEqual(warm);
  running.dispose();
  expect(running.device.memory().buffers, "after dispose").toBe(before);
});
