/** Several backends at once in one process: models on different ones do not meet, and weights go from one to the other. */
import { expect, test } from "vitest";
import { ort, ortWith } from "../../src/backends/ort/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import type { Backend } from "../../src/backends/backend.js";
import { orReject } from "../../src/errors.js";
import {
  batchNormalization,
  compile,
  conv2d,
  dense,
  f32,
  flatten,
  i32,
  input,
  maxPool2d,
  model,
  pipe,
  relu,
  softmax,
} from "../../src/index.js";
import { adam, sparseCategoricalCrossentropy, trainer, type Trainer } from "../../src/train/index.js";
import { relativeError } from "../support/run-graph.js";

const net = model(
  pipe(
    input([8, 8, 2]),
    conv2d({ filters: 4, kernelSize: 3, useBias: false }),
    batchNormalization(),
    relu,
    maxPool2d(),
    flatten,
    dense({ units: 3 }),
    softmax,
  ),
);
const x = f32(
  [6, 8, 8, 2],
  Float32Array.from({ length: 6 * 128 }, (_, i) => Math.sin(i * i)),
);
const y = i32([6], Int32Array.from([0, 1, 2, 0, 1, 2]));

const trainerOn = (backend: Backend): Promise<Trainer> =>
  orReject(trainer({ model: net, backend, loss: sparseCategoricalCrossentropy(), optimizer: adam(), seed: 4 }));

const losses = async (running: Trainer): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (let step = 0; step < 6; step++) seen.push((await orReject(running.step({ x, y })))["loss"] ?? Number.NaN);
  return seen;
};

test("trainers on three backends, their steps interleaved, each go as they go alone", async () => {
  const backends = [wasm, cpu, reference];
  const alone: (readonly number[])[] = [];
  for (const backend of backends) {
    const running = await trainerOn(backend);
    alone.push(await losses(running));
    running.dispose();
  }
  const trainers = await Promise.all(backends.map(trainerOn));
  const together = await Promise.all(trainers.map(losses));
  expect(together).toEqual(alone);
  trainers.forEach((running) => running.dispose());
});

test("what one backend trained, the others predict alike, all at the same time", async () => {
  const running = await trainerOn(wasm);
  await losses(running);
  const weights = await running.weights();
  const results = await Promise.all(
    [reference, wasm, cpu, ort].map(async (backend) => {
      const predictor = await orReject(compile(net, { backend, weights }));
      const { output } = await orReject(predictor.predict(x));
      predictor.dispose();
      return output?.data ?? [];
    }),
  );
  running.dispose();
  for (const result of results) expect(relativeError(result, results[0] ?? [])).toBeLessThan(1e-4);
});

test("onnxruntime with one thread and with two, in one process, predict alike at the same time", async () => {
  const predictors = await Promise.all(
    [1, 2].map((threads) => orReject(compile(net, { backend: ortWith({ threads }), seed: 4 }))),
  );
  const rounds = Array.from({ length: 5 }, () => predictors.map((predictor) => orReject(predictor.predict(x))));
  const [first, ...others] = (await Promise.all(rounds.flat())).map(({ output }) => output?.data ?? []);
  for (const other of others) expect(relativeError(other, first ?? [])).toBeLessThan(1e-6);
  predictors.forEach((predictor) => predictor.dispose());
});
