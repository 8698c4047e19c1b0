/** `memory: "small"`: the same numbers to the bit, fewer bytes at the peak; what cannot have it says so. */
import { expect, test } from "vitest";
import type { Backend, Buffer, KernelDevice } from "../../src/backends/backend.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { f32, i32 } from "../../src/data/nd-array.js";
import { E } from "../../src/fp.js";
import { orReject } from "../../src/errors.js";
import {
  batchNormalization,
  conv2d,
  dense,
  dropout,
  globalAvgPool2d,
  input,
  model,
  pipe,
  relu,
  softmax,
} from "../../src/index.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";

const layer = () => conv2d({ filters: 8, kernelSize: 3, padding: "same", useBias: false });
const net = model(
  pipe(
    pipe(input([16, 16, 3]), layer(), batchNormalization(), relu, layer(), batchNormalization(), relu),
    layer(),
    batchNormalization(),
    relu,
    dropout({ rate: 0.3 }),
    layer(),
    relu,
    globalAvgPool2d,
    dense({ units: 10 }),
    softmax,
  ),
);
const batch = 16;
const data = {
  x: f32(
    [batch, 16, 16, 3],
    Float32Array.from({ length: batch * 768 }, (_, i) => ((i * 7919) % 256) / 255),
  ),
  y: i32(
    [batch],
    Int32Array.from({ length: batch }, (_, i) => i % 10),
  ),
};

/** Counts the bytes of the buffers that the device's calls hold at once. */
const counting = (device: KernelDevice): { readonly backend: Backend; readonly peak: () => number } => {
  const held = new Map<object, { readonly bytes: number; references: number }>();
  let [now, peak] = [0, 0];
  const take = (buffer: Buffer): Buffer => {
    const bytes = 4 * buffer.type.shape.reduce((a, b) => a * b, 1);
    const entry = held.get(buffer.handle) ?? { bytes, references: 0 };
    if (entry.references === 0) now += bytes;
    entry.references += 1;
    held.set(buffer.handle, entry);
    peak = Math.max(peak, now);
    return buffer;
  };
  const counted: KernelDevice = {
    ...device,
    bind: undefined,
    bindJoint: undefined,
    upload: (numbers, type) => take(device.upload(numbers, type)),
    call: (call, inputs, type) => take(device.call(call, inputs, type)),
    view: (buffer, type) => take(device.view(buffer, type)),
    retain: (buffer) => take(device.retain(buffer)),
    release: (buffer) => {
      const entry = held.get(buffer.handle);
      if (entry !== undefined) {
        entry.references -= 1;
        if (entry.references === 0) {
          now -= entry.bytes;
          held.delete(buffer.handle);
        }
      }
      device.release(buffer);
    },
    ...(device.callJoint === undefined
      ? {}
      : { callJoint: (...call) => (device.callJoint?.(...call) ?? []).map(take) }),
  };
  return { backend: { ...wasm, load: () => Promise.resolve(E.right(counted)) }, peak: () => peak };
};

const trained = async (memory: "small" | undefined) => {
  const { backend, peak } = counting(await orReject(wasm.load));
  const running = await orReject(
    trainer({
      model: net,
      backend,
      loss: sparseCategoricalCrossentropy(),
      optimizer: adam(),
      memory,
      verifyEach: true,
    }),
  );
  for (let step = 0; step < 3; step++) await orReject(running.step(data));
  const weights = await running.weights();
  running.dispose();
  return { weights, peak: peak() };
};

test("the weights after three steps are the same to the bit, the peak is at most three quarters", async () => {
  const [plain, small] = [await trained(undefined), await trained("small")];
  for (const [name, { data: numbers }] of plain.weights) expect(small.weights.get(name)?.data, name).toEqual(numbers);
  expect(small.peak).toBeLessThan(0.75 * plain.peak);
});

test("another word is the user's mistake", async () => {
  const options = { model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() };
  const made = await trainer({ ...options, memory: "tiny" as "small" })(); // As a JavaScript user may write it.
  expect(E.isLeft(made) && made.left).toMatchObject({ tag: "BadOption", where: "memory" });
});
