/** Whole trainings against Keras's fit: history and final weights, with the options that change what a step does. */
import { pipe } from "fp-ts/lib/function.js";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { orReject } from "../../src/errors.js";
import {
  batchNormalization,
  dense,
  frozen,
  input,
  model,
  relu,
  sequential,
  sigmoid,
  softmax,
  type Model,
} from "../../src/index.js";
import type { Weights } from "../../src/run/initial-weights.js";
import type { NamedOptions } from "../../src/train/by-name.js";
import {
  accuracy,
  auc,
  binaryCrossentropy,
  earlyStopping,
  fit,
  maxNorm,
  precision,
  reduceLearningRateOnPlateau,
  sparseCategoricalCrossentropy,
  trainer,
  type EarlyStoppingOptions,
  type FitResult,
  type ReduceLearningRateOptions,
} from "../../src/train/index.js";
import { backendsUnderTest } from "../support/backends.js";
import { noteGolden } from "../support/golden-notes.js";
import { relativeError } from "../support/run-graph.js";
import { arrayOf, fixtureOptimizer, floatsOf, numbersOf, readTraining, type RawTensor } from "./training-fixtures.js";

interface FitCase {
  readonly name: string;
  readonly head?: "sigmoid";
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly classWeights?: Readonly<Record<number, number>>;
  readonly constraint?: boolean;
  readonly batchNormalization?: boolean;
  readonly frozen?: readonly string[];
  readonly validationSplit?: number;
  readonly earlyStopping?: EarlyStoppingOptions;
  readonly plateau?: ReduceLearningRateOptions;
  readonly optimizer: { readonly name: string; readonly options: NamedOptions };
  readonly x: RawTensor;
  readonly y: RawTensor;
  readonly sampleWeights?: RawTensor;
  readonly validation?: { readonly x: RawTensor; readonly y: RawTensor };
  readonly start: Readonly<Record<string, RawTensor>>;
  readonly after: Readonly<Record<string, RawTensor>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Keras's `moving_mean`. */
const ownName = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const weightsOf = (named: FitCase["start"]): Weights =>
  new Map(Object.entries(named).map(([name, raw]) => [ownName(name), floatsOf(raw)]));

const netOf = (one: FitCase): Model<unknown, unknown> => {
  const first =
    one.constraint === true ? dense({ units: 6, kernelConstraint: maxNorm({ maximum: 1 }) }) : dense({ units: 6 });
  const plain = sequential(first, relu);
  const stem = one.batchNormalization === true ? sequential(plain, batchNormalization()) : plain;
  const body = pipe(input([5]), one.frozen === undefined ? stem : frozen(stem));
  return one.head === "sigmoid"
    ? model(pipe(body, dense({ units: 1 }), sigmoid))
    : model(pipe(body, dense({ units: 3 }), softmax));
};

const train = async (
  one: FitCase,
  backend: Backend,
): Promise<{ readonly result: FitResult; readonly weights: Weights }> => {
  const isBinary = one.head === "sigmoid";
  const running = await orReject(
    trainer({
      model: netOf(one),
      backend,
      loss: isBinary ? binaryCrossentropy() : sparseCategoricalCrossentropy(),
      metrics: isBinary ? [accuracy(), auc(), precision()] : [accuracy()],
      optimizer: fixtureOptimizer(one.optimizer.name, one.optimizer.options),
      weights: weightsOf(one.start),
      classWeights: one.classWeights,
      verifyEach: true,
    }),
  );
  const callbacks = [
    ...(one.earlyStopping === undefined ? [] : [earlyStopping(one.earlyStopping)]),
    ...(one.plateau === undefined ? [] : [reduceLearningRateOnPlateau(one.plateau)]),
  ];
  const result = await orReject(
    fit(running, {
      train: { x: floatsOf(one.x), y: arrayOf(one.y), sampleWeights: one.sampleWeights && floatsOf(one.sampleWeights) },
      validation: one.validation && { x: floatsOf(one.validation.x), y: arrayOf(one.validation.y) },
      validationSplit: one.validationSplit,
      epochs: one.epochs ?? 4,
      batchSize: one.batchSize ?? 8,
      shuffle: false,
      callbacks,
    }),
  );
  const weights = await running.weights();
  running.dispose();
  return { result, weights };
};

const { cases } = readTraining<FitCase>("fits");

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (backendName, backend) => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    const { result, weights } = await train(one, backend);
    expect(Object.keys(result.history).sort()).toEqual(Object.keys(one.history).sort());
    const history = Object.entries(one.history).map(([name, values]) => {
      const error = relativeError(result.history[name] ?? [], values);
      expect(error, `history of ${name}: ${String(result.history[name])}`).toBeLessThanOrEqual(1e-4);
      return error;
    });
    const after = Object.entries(one.after).map(([name, raw]) => {
      const error = relativeError(weights.get(ownName(name))?.data ?? [], numbersOf(raw));
      expect(error, name).toBeLessThanOrEqual(1e-3);
      return error;
    });
    const errors = { history: Math.max(...history), weights: Math.max(...after) };
    noteGolden({ section: "fits", name: one.name, backend: backendName, errors });
  });
});

test("early stopping stopped and the plateau lowered the rate, or they prove nothing", () => {
  expect(cases.find(({ name }) => name === "early stopping")?.history["loss"]?.length).toBeLessThan(12);
  expect(new Set(cases.find(({ name }) => name === "plateau")?.history["learning_rate"]).size).toBeGreaterThan(1);
});
