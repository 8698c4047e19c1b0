/** 10,000 predictions by onnxruntime leave buffers, bytes and resident size where they were. */
import { expect, test } from "vitest";
import { conv2d, dense, f32, flatten, input, maxPool2d, model, orReject, pipe } from "../../src/index.js";
import { ort } from "../../src/backends/ort/index.js";
import { compile } from "../../src/run/compile.js";

const net = model(
  pipe(
    input([28, 28, 1]),
    conv2d({ filters: 8, kernelSize: 3, activation: "relu" }),
    maxPool2d(),
    flatten,
    dense({ units: 10, activation: "softmax" }),
  ),
);

test("10,000 predictions of changing batch sizes", async () => {
  const ready = await orReject(compile(net, { backend: ort }));
  const predict = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const examples = 1 + (i % 7);
      await orReject(ready.predict(f32([examples, 28, 28, 1], new Float32Array(784 * examples).fill(0.5))));
    }
  };
  await predict(500);
  const before = { ...ready.device.memory(), resident: process.memoryUsage().rss };
  await predict(10_000);
  const after = { ...ready.device.memory(), resident: process.memoryUsage().rss };
  console.log(
    `resident size ${(before.resident / 2 ** 20).toFixed(0)} MiB, then ${(after.resident / 2 ** 20).toFixed(0)} MiB`,
  );
  expect({ buffers: after.buffers, bytes: after.bytes }).toEqual({ buffers: before.buffers, bytes: before.bytes });
  // The batches were 125 MB in all.
  expect((after.resident - before.resident) / 2 ** 20, "MiB more").toBeLessThan(50);
  ready.dispose();
});
