/** Several outputs and inputs: losses, gradients, weights and histories of Keras, on every backend. */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  concatenate,
  conv2d,
  dense,
  flatten,
  input,
  model,
  named,
  pipe,
  relu,
  sequential,
  softmax,
  tanh,
  type Weights,
} from "../../src/index.js";
import { operators } from "../../src/ops/registry.js";
import {
  accuracy,
  adam,
  fit,
  l2,
  meanAbsoluteError,
  meanOf,
  meanSquaredError,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
  trainer,
  type LossesByOutput,
  type Trainer,
} from "../../src/train/index.js";
import { gradientGraph, gradientName } from "../../src/train/step-graph.js";
import { backendsUnderTest } from "../support/backends.js";
import { relativeError } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { arrayOf, floatsOf, numbersOf, readTraining, type RawTensor } from "./training-fixtures.js";

type Raws = Readonly<Record<string, RawTensor>>;

interface HeadCase {
  readonly name: string;
  readonly losses: Readonly<Record<"digit" | "box", string | null>>;
  readonly lossWeights?: { readonly digit: number; readonly box: number };
  readonly x: Raws;
  readonly y: Raws;
  readonly validation: { readonly x: Raws; readonly y: Raws };
  readonly sampleWeights?: Raws;
  readonly start: Raws;
  readonly loss: number;
  readonly gradients: Raws;
  readonly after: Raws;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

const left = input([5, 4, 2]);
const right = input([3]);
const kernelRegularizer = l2(1e-2);
const trunk = pipe(
  concatenate([
    pipe(left, named("left", sequential(conv2d({ filters: 3, kernelSize: 3, kernelRegularizer }), relu, flatten))),
    pipe(right, named("right", sequential(dense({ units: 4 }), tanh))),
  ]),
  named("trunk", sequential(dense({ units: 6 }), relu)),
);
const net = model({
  inputs: { left, right },
  outputs: {
    digit: pipe(trunk, named("digit", dense({ units: 3 })), softmax),
    box: pipe(trunk, named("box", dense({ units: 2 }))),
  },
});

const each = <A>(raws: Raws, make: (raw: RawTensor) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(raws).map(([name, raw]) => [name, make(raw)]));

const lossesOf = ({ losses }: HeadCase) => ({
  digit: sparseCategoricalCrossentropy(),
  box: losses.box === null ? null : meanSquaredError(),
});

/** Where only one output has a loss, Keras forgets its metrics: none are asked there. */
const metricsOf = (one: HeadCase) => ({
  ...(one.losses.box === null ? {} : { metrics: { digit: [accuracy()], box: [meanOf(meanAbsoluteError())] } }),
  ...(one.sampleWeights === undefined
    ? {}
    : {
        weightedMetrics: {
          digit: [sparseCategoricalAccuracy(), meanOf(sparseCategoricalCrossentropy())],
          box: [meanOf(meanSquaredError())],
        },
      }),
});

const make = (one: HeadCase, backend: Backend): Promise<Trainer> =>
  orReject(
    trainer({
      model: net,
      backend,
      loss: lossesOf(one),
      lossWeights: one.lossWeights,
      ...metricsOf(one),
      optimizer: adam({ learningRate: 0.02 }),
      weights: new Map(Object.entries(each(one.start, floatsOf))),
      verifyEach: true,
    }),
  );

const { cases } = readTraining<HeadCase>("heads");

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test.each(cases.map((one) => [one.name, one] as const))("%s: loss and gradients", async (_name, one) => {
    const loss: LossesByOutput = lossesOf(one);
    const request = { model: net["~model"], registry: operators, seed: 0, loss, lossWeights: one.lossWeights };
    const { graph } = orThrow(gradientGraph(request));
    const rows = 5;
    const first = (raw: RawTensor) => {
      const { dtype, shape } = raw;
      const width = shape.slice(1).reduce((a, b) => a * b, 1);
      return arrayOf({ dtype, shape: [rows, ...shape.slice(1)], data: raw.data.slice(0, rows * width) });
    };
    const labels = Object.entries(one.y).map(
      ([name, raw]) => [Object.keys(one.y).length > 1 ? `step:labels/${name}` : "step:labels", first(raw)] as const,
    );
    const feeds = new Map([
      ...Object.entries(each(one.x, first)),
      ...labels,
      ...Object.entries(each(one.start, arrayOf)),
    ]);
    const results = await runNamed(graph, await orReject(backend.load), { batch: rows, feeds });
    expect(relativeError(results.get("loss") ?? [], [one.loss])).toBeLessThanOrEqual(1e-5);
    for (const [name, raw] of Object.entries(one.gradients))
      expect(relativeError(results.get(gradientName(name)) ?? [], numbersOf(raw)), name).toBeLessThanOrEqual(1e-4);
  });

  test.each(cases.map((one) => [one.name, one] as const))("%s: history and weights", async (_name, one) => {
    const running = await make(one, backend);
    const weights = one.sampleWeights === undefined ? undefined : each(one.sampleWeights, floatsOf);
    const result = await orReject(
      fit(running, {
        train: { x: each(one.x, floatsOf), y: each(one.y, arrayOf), sampleWeights: weights?.["all"] ?? weights },
        validation: { x: each(one.validation.x, floatsOf), y: each(one.validation.y, arrayOf) },
        epochs: 3,
        batchSize: 5,
        shuffle: false,
      }),
    );
    const after: Weights = await running.weights();
    running.dispose();
    expect(Object.keys(result.history).sort()).toEqual(Object.keys(one.history).sort());
    for (const [name, values] of Object.entries(one.history))
      expect(relativeError(result.history[name] ?? [], values), name).toBeLessThanOrEqual(1e-4);
    for (const [name, raw] of Object.entries(one.after))
      expect(relativeError(after.get(name)?.data ?? [], numbersOf(raw)), name).toBeLessThanOrEqual(1e-3);
  });
});
