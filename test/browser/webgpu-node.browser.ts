/** WebGPU in Node, by the package `webgpu` on a software Vulkan driver: a net predicts and trains; and what is said without an adapter. */
import { beforeAll, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { openGpu } from "../../src/backends/tfjs/webgpu/gpu.js";
import { webgpu } from "../../src/backends/tfjs/webgpu/index.js";
import { orReject, render } from "../../src/errors.js";
import { compile } from "../../src/index.js";
import { adam, sparseCategoricalCrossentropy, trainer } from "../../src/train/index.js";
import { relativeError } from "../support/run-graph.js";
import { net, pictures, weights } from "./page/net.js";

beforeAll(() => {
  // Where Debian's chromium has it; a machine with a GPU names its own driver.
  process.env["VK_DRIVER_FILES"] ??= "/usr/lib/chromium/vk_swiftshader_icd.json";
});

test("predicts what the oracle does, trains, and leaves nothing behind", async () => {
  const { x } = pictures(5);
  const [predictor, oracle] = [
    await orReject(compile(net, { backend: webgpu, weights })),
    await orReject(compile(net, { backend: reference, weights })),
  ];
  const [got, want] = [await orReject(predictor.predict(x)), await orReject(oracle.predict(x))];
  expect(relativeError(got["output"]?.data ?? [], want["output"]?.data ?? [])).toBeLessThan(1e-5);
  const training = await orReject(
    trainer({
      model: net,
      backend: webgpu,
      weights,
      loss: sparseCategoricalCrossentropy(),
      optimizer: adam({ learningRate: 0.01 }),
    }),
  );
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) losses.push((await orReject(training.step(pictures(8))))["loss"] ?? Number.NaN);
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  training.dispose();
  predictor.dispose();
  expect(training.device.memory().buffers).toBe(0);
});

test("a machine without an adapter is told what to install", async () => {
  const opened = await openGpu({ requestAdapter: () => Promise.resolve(null) });
  expect(opened).toMatchObject({ _tag: "Left", left: { tag: "BackendMissing", where: "webgpu" } });
  expect("left" in opened ? render(opened.left) : "").toMatch(/no GPU adapter.*driver.*svertka\/wasm/);
});
