/**
 * 10,000 training steps and 10,000 predictions leave buffers, bytes and resident size where they were:
 * `BACKEND=node npm run long -- backend-memory`; wasm by default, or cpu, wasm-threads, and ort, which predicts only.
 */
import { afterAll, expect, test } from "vitest";
import { orReject } from "../../src/errors.js";
import { conv2d, dense, f32, flatten, i32, input, maxPool2d, model, pipe } from "../../src/index.js";
import { compile } from "../../src/run/compile.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
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

const picked = process.env["BACKEND"] ?? "wasm";
const chosen = picked.split(",");
const calls = 10_000;
const warmUp = 1000;
/** What the garbage collector may not have given back yet; all batches together were three times as much. */
const mostMebibytes = 10;

const pictures = (examples: number): ReturnType<typeof f32> =>
  f32(
    [examples, 8, 8, 1],
    Float32Array.from({ length: examples * 64 }, (_, i) => ((i * 7919) % 256) / 255),
  );

/** Resident size in MiB, JavaScript's garbage collected where `--expose-gc` lets it. */
const resident = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

const told: string[] = [];
afterAll(() => {
  for (const line of told) console.log(line);
});

/** Samples after the warm-up, at a third, two thirds and the end. */
const staysFlat = async (what: string, device: Device, call: (index: number) => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < warmUp; index++) await call(index);
  const before = device.memory();
  const sizes = [resident()];
  for (let index = 0; index < calls; index++) {
    await call(index);
    if ((index + 1) % Math.floor(calls / 3) === 0) sizes.push(resident());
  }
  told.push(
    `${what}: ${device.memory().buffers} buffers, resident MiB ${sizes.map((size) => size.toFixed(1)).join(", ")}`,
  );
  // The backend's own account, a WebAssembly heap's size among it.
  expect(device.memory()).toEqual(before);
  const [first = 0] = sizes;
  expect((sizes.at(-1) ?? 0) - first, "MiB more").toBeLessThan(mostMebibytes);
};

for (const backend of inferringBackends.filter(({ name }) => chosen.includes(name) || picked === backend0(name)))
  test(`10,000 predictions on ${backend.name}`, async () => {
    const ready = await orReject(compile(net, { backend }));
    const batches = Array.from({ length: 7 }, (_, i) => pictures(i + 1));
    await staysFlat(`${backend.name} predict`, ready.device, (index) =>
      orReject(ready.predict(batches[index % 7] ?? pictures(1))),
    );
    ready.dispose();
  });
