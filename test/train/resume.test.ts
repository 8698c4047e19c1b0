/** A training that is broken off anywhere and resumed from a snapshot ends as if nothing had happened, to the bit. */
import { describe, expect, test } from "vitest";
import { orReject, orThrow } from "../../src/errors.js";
import type { Backend } from "../../src/backends/backend.js";
import {
  accuracy,
  adam,
  auc,
  callback,
  cosineDecay,
  decodeCheckpoint,
  earlyStopping,
  encodeCheckpoint,
  fit,
  meanOf,
  categoricalCrossentropy,
  reduceLearningRateOnPlateau,
  sgd,
  sparseCategoricalCrossentropy,
  trainer,
  type FitResult,
  type Optimizer,
  type Trainer,
} from "../../src/train/index.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { TE } from "../../src/fp.js";
import { backendsUnderTest } from "../support/backends.js";
import { examplesOf, smallNet } from "./small-task.js";

const train = examplesOf(40, 1);
const validation = examplesOf(20, 5);
const epochs = 6;

const makers: Readonly<Record<string, () => { readonly optimizer: Optimizer; readonly plateau: boolean }>> = {
  "a schedule": () => ({
    optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.05, decaySteps: 20 }) }),
    plateau: false,
  }),
  "a plateau and averages": () => ({ optimizer: adam({ learningRate: 0.05, useEma: true }), plateau: true }),
  "summed gradients": () => ({
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9, gradientAccumulationSteps: 3 }),
    plateau: true,
  }),
};

const make = (backend: Backend, optimizer: Optimizer): Promise<Trainer> =>
  orReject(
    trainer({
      model: smallNet,
      backend,
      optimizer,
      loss: sparseCategoricalCrossentropy(),
      metrics: [accuracy(), auc(), meanOf(categoricalCrossentropy({ labelSmoothing: 0.1 }), "smooth")],
      seed: 3,
    }),
  );

/** Trains until a number of batches is done, or to the end. */
const run = (
  running: Trainer,
  plateau: boolean,
  options: { readonly batches?: number; readonly from?: FitResult },
): Promise<FitResult> => {
  const stop = new AbortController();
  let done = 0;
  const count = callback({
    onBatchEnd: () => {
      done += 1;
      if (done === options.batches) stop.abort();
      return TE.of("continue");
    },
  });
  const shared = [count, earlyStopping({ patience: 50, restoreBestWeights: true })];
  const callbacks = plateau
    ? [...shared, reduceLearningRateOnPlateau({ patience: 1, factor: 0.5, monitor: "loss", minDelta: 0.05 })]
    : shared;
  return orReject(
    fit(running, { train, validation, epochs, batchSize: 8, callbacks, signal: stop.signal, from: options.from }),
  );
};

const throughFile = async (
  running: Trainer,
  { position, history }: FitResult,
): Promise<ReturnType<typeof decodeCheckpoint>> => {
  const { graph } = orThrow(inferenceGraph(smallNet));
  const optimizer = { name: "any", learningRate: 1, options: {} };
  const { weights } = encodeCheckpoint({
    graph,
    tensors: await running.snapshot(),
    position,
    history,
    seed: 3,
    batchSize: 8,
    optimizer,
    loss: "any",
  });
  return decodeCheckpoint(weights, "test");
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test.each(Object.keys(makers))("%s", async (name) => {
    const { optimizer, plateau } = makers[name]?.() ?? { optimizer: adam(), plateau: false };
    const whole = await make(backend, optimizer);
    const expected = await run(whole, plateau, {});
    const weights = await whole.weights();
    whole.dispose();
    for (const batches of [1, 5, 13, 24]) {
      const first = await make(backend, optimizer);
      const broken = await run(first, plateau, { batches });
      expect(broken.ended).toBe("interrupted");
      const checkpoint = orThrow(await throughFile(first, broken));
      first.dispose();
      const second = await make(backend, optimizer);
      orThrow(second.restore(checkpoint.tensors, "test"));
      const { position, history } = checkpoint;
      const resumed = await run(second, plateau, {
        from: { position, history, callbackStates: {}, ended: "interrupted" },
      });
      expect(resumed.history, `after ${batches} batches`).toEqual(expected.history);
      expect(second.iterations()).toBe(30);
      expect(await second.weights(), `after ${batches} batches`).toEqual(weights);
      second.dispose();
    }
  });
});
