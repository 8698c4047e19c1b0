/** A training step of lesson net A3 at batch 64 on wasm takes at most 5 times its own forward pass: measured in turns, by medians. */
import { expect, test } from "vitest";
import { f32, i32 } from "../../src/data/nd-array.js";
import { orReject } from "../../src/errors.js";
import { conv2d, dense, flatten, input, maxPool2d, model, pipe, relu, softmax } from "../../src/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";

const batch = 64;
const rounds = 9;

const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? 0;

const clock = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};

test("step / forward <= 5", async () => {
  const head = pipe(
    input([28, 28, 1]),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d(),
    conv2d({ filters: 64, kernelSize: 3 }),
    relu,
    maxPool2d(),
  );
  const net = model(pipe(head, flatten, dense({ units: 128 }), relu, dense({ units: 10 }), softmax));
  const made = await orReject(
    trainer({ model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() }),
  );
  const data = {
    x: f32(
      [batch, 28, 28, 1],
      Float32Array.from({ length: batch * 784 }, (_, i) => ((i * 7919) % 256) / 255),
    ),
    y: i32(
      [batch],
      Int32Array.from({ length: batch }, (_, i) => i % 10),
    ),
  };
  const forwards: number[] = [];
  const steps: number[] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const forward = await clock(() => orReject(made.evaluateBatch(data)));
    const step = await clock(() => orReject(made.step(data)));
    // The first two rounds write kernels and warm the machine code up.
    if (round < 2) continue;
    forwards.push(forward);
    steps.push(step);
  }
  made.dispose();
  const ratio = median(steps) / median(forwards);
  console.info(
    `A3, batch ${batch}: forward ${median(forwards).toFixed(1)} ms, step ${median(steps).toFixed(1)} ms, ratio ${ratio.toFixed(2)}`,
  );
  expect(ratio).toBeLessThanOrEqual(5);
});
