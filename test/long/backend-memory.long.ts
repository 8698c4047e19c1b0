/**
 * 10,000 training steps and 10,000 predictions leave buffers, bytes and resident size where they were:
 * `BACKEND=node npm run long -- backend-memory`; wasm by default, or cpu, wasm-threads, and ort, which only predicts.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { orReject } from "../../src/errors.js";
import { conv2d, dense, f32, flatten, i32, input, maxPool2d, model, pipe } from "../../src/index.js";
import { compile } from "../../src/run/compile.js";
import { adam, sparseCategoricalCrossentropy, trainer, type Batch } from "../../src/train/index.js";
import type { Device } from "../../src/backends/backend.js";
import { backendsUnderTest, inferringBackends } from "../support/backends.js";

const net = model(
  pipe(
    input([8, 8, 1]),
    conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
    maxPool2d(),
    flatten,
    dense({ units: 3, activation: "softmax" }),
  ),
);

const isChosen = ({ name }: { readonly name: string }): boolean =>
  process.env["BACKEND"] !== undefined || name === "wasm";

const warmUp = 1000;
const calls = 10_000;
/** MiB. A call that kept a batch of 8 pictures would add 20; an engine gives emptied pages back when it likes. */
const mostResident = 20;
/** MiB: 200 bytes a call. */
const mostOfJavaScript = 2;

const pictures = (examples: number): ReturnType<typeof f32> =>
  f32(
    [examples, 8, 8, 1],
    Float32Array.from({ length: examples * 64 }, (_, i) => ((i * 7919) % 256) / 255),
  );

const batchOf = (examples: number): Batch => ({
  x: pictures(examples),
  y: i32(
    [examples],
    Int32Array.from({ length: examples }, (_, i) => i % 3),
  ),
});

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

/** MiB of the whole process and of JavaScript's heap, its garbage collected. */
const sizesNow = (): readonly [number, number] => {
  if (typeof collect === "function") collect();
  const { rss, heapUsed } = process.memoryUsage();
  return [rss / 2 ** 20, heapUsed / 2 ** 20];
};

/** After the warm-up, halfway and at the end. */
const staysFlat = async (what: string, device: Device, call: (index: number) => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < warmUp; index++) await call(index);
  const before = device.memory();
  const sizes = [sizesNow()];
  for (let index = 1; index <= calls; index++) {
    await call(index);
    if (index % (calls / 2) === 0) sizes.push(sizesNow());
  }
  console.log(
    `${what}: ${before.buffers} buffers, ${before.bytes} bytes; resident (JavaScript) MiB ${sizes.map(([all, own]) => `${all.toFixed(0)} (${own.toFixed(1)})`).join(", ")}`,
  );
  // On wasm the bytes are the heap's.
  expect(device.memory()).toEqual(before);
  const [first = [0, 0], , last = [0, 0]] = sizes;
  expect(last[0] - first[0], "MiB more, resident").toBeLessThan(mostResident);
  expect(last[1] - first[1], "MiB more, JavaScript").toBeLessThan(mostOfJavaScript);
};

describe.each(inferringBackends.filter(isChosen))("$name", (backend) => {
  test("10,000 predictions of batches of several sizes", async () => {
    const ready = await orReject(compile(net, { backend }));
    const batches = [8, 8, 5].map(pictures);
    await staysFlat(`${backend.name}, predictions`, ready.device, (index) =>
      orReject(ready.predict(batches[index % 3] ?? pictures(8))),
    );
    ready.dispose();
  });

  test.runIf(backendsUnderTest.includes(backend))("10,000 training steps", async () => {
    const running = await orReject(
      trainer({ model: net, backend, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
    );
    const batches = [8, 8, 5].map(batchOf);
    await staysFlat(`${backend.name}, training steps`, running.device, (index) =>
      orReject(running.step(batches[index % 3] ?? batchOf(8))),
    );
    running.dispose();
  });
});
