/** A trainer: the compiled training step of a model on a device, with the weights and the state that it carries. */
import type { SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend, Device } from "../backends/backend.js";
import type { Pass } from "../compiler/passes/pass.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { ModelGraph, WeightInfo } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import { compileGraph, type CompiledGraph } from "../run/compiled-graph.js";
import { initialWeights, type Weights } from "../run/initial-weights.js";
import { checkWeights, weightStore, type WeightStore } from "../run/weight-store.js";
import { checkBatch, type BatchRules } from "./batch.js";
import type { Loss } from "./loss.js";
import type { Metric } from "./metric.js";
import type { InitialState } from "./optimizer-graph.js";
import type { Optimizer } from "./optimizer.js";
import { restoreInto } from "./restore.js";
import { runStep } from "./run-step.js";
import { evaluationGraph, trainingGraph } from "./step-graph.js";

export interface TrainerOptions {
  readonly model: Model<unknown, unknown>;
  readonly backend: Backend;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Fixes initial weights, dropout and shuffling; 0 when not given. */
  readonly seed?: number;
  /** Weights to begin with, instead of fresh ones. */
  readonly weights?: Weights;
  /** For tests and `explain`: other passes than the default ones, and a check after each. */
  readonly passes?: readonly Pass[];
  readonly verifyEach?: boolean;
}

/** Inputs by name (a single array for a model of one input) and labels. */
export interface Batch {
  readonly x: NdArray<"f32"> | Readonly<Record<string, NdArray<"f32">>>;
  readonly y: NdArray<"f32"> | NdArray<"i32">;
}

/** Loss and metrics of a batch, by name. */
export type StepResult = Readonly<Record<string, number>>;

export interface Trainer {
  readonly backend: string;
  readonly seed: number;
  readonly metricNames: readonly string[];
  readonly weightInfos: readonly WeightInfo[];
  /** One step on one batch; the learning rate is the optimiser's unless given. */
  readonly step: (batch: Batch, learningRate?: number) => TaskEither<SvertkaError, StepResult>;
  /** Loss and metrics of one batch, in inference mode; nothing changes. */
  readonly evaluateBatch: (batch: Batch) => TaskEither<SvertkaError, StepResult>;
  /** The model's weights now. */
  readonly weights: () => Promise<Weights>;
  /** Everything that a step carries: weights, moving statistics, optimiser slots, step number. */
  readonly snapshot: () => Promise<readonly (NdArray & { readonly name: string })[]>;
  readonly restore: (arrays: readonly (NdArray & { readonly name: string })[], where: string) => Either<SvertkaError, void>;
  /** The compiled graphs, for `explain`. */
  readonly training: CompiledGraph;
  readonly evaluation: CompiledGraph;
  readonly device: Device;
  readonly dispose: () => void;
}

/** Compiles the training step of a model. */
export const trainer = (options: TrainerOptions): TaskEither<SvertkaError, Trainer> =>
  pipe(
    options.backend.load,
    TE.chainEitherK((device) => trainerOn(device, options)),
  );

const trainerOn = (device: Device, options: TrainerOptions): Either<SvertkaError, Trainer> => {
  const { seed = 0, metrics = [], loss, optimizer } = options;
  const request = { model: options.model["~model"], registry: operators, seed, loss, metrics };
  return pipe(
    E.Do,
    E.bind("step", () => trainingGraph({ ...request, optimizer })),
    E.bind("evaluation", () => evaluationGraph(request)),
    E.bind("weights", ({ step }) => beginning(step.model.weights, options.weights, seed)),
    E.map(({ step, evaluation, weights }) => {
      const store = weightStore(device);
      for (const [name, array] of weights) store.upload(name, array);
      for (const state of step.states) store.upload(state.name, initialState(state));
      const { passes, verifyEach } = options;
      const compiling = { registry: operators, device, stableWeights: false, passes, verifyEach };
      const training = compileGraph(step.graph, compiling);
      const evaluating = compileGraph(evaluation.graph, compiling);
      const rules = batchRules(step.model, loss);
      const run = async (compiled: CompiledGraph, batch: Batch, learningRate: number): Promise<Either<SvertkaError, StepResult>> => {
        const checked = checkBatch(batch, rules);
        return E.isLeft(checked) ? checked : runStep(device, store, compiled, { ...checked.right, learningRate });
      };
      return {
        backend: device.name,
        seed,
        metricNames: metrics.map((metric) => metric.name),
        weightInfos: step.model.weights,
        step: (batch, learningRate = optimizer.learningRate) => () => run(training, batch, learningRate),
        evaluateBatch: (batch) => () => run(evaluating, batch, 0),
        weights: () => readWeights(store, step.model.weights),
        snapshot: () => readAll(store),
        restore: (arrays, where) => restoreInto(store, arrays, where),
        training,
        evaluation: evaluating,
        device,
        dispose: () => {
          training.dispose();
          evaluating.dispose();
          store.dispose();
        },
      };
    }),
  );
};

/** The weights to begin with: given ones, checked, or fresh ones. */
const beginning = (infos: readonly WeightInfo[], given: Weights | undefined, seed: number): Either<SvertkaError, Weights> =>
  given === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, given, "weights");

/** What a batch must be for this model and loss. */
const batchRules = ({ inputs, outputs }: ModelGraph, loss: Loss): BatchRules => {
  const output = outputs[0]?.value.type.shape ?? [];
  return {
    inputs: inputs.map(({ name, value }) => ({ name, shape: value.type.shape.slice(1).map(Number) })),
    labels: loss.labels(output),
    classes: loss.family === "categorical" ? Number(output.at(-1)) : undefined,
  };
};

const readWeights = async (store: WeightStore, infos: readonly WeightInfo[]): Promise<Weights> => {
  const names = infos.map((info) => info.name);
  const arrays = await store.read(names);
  return new Map(arrays.flatMap((array, i) => (array.dtype === "f32" ? [[names[i] ?? "", array] as const] : [])));
};

const readAll = async (store: WeightStore): Promise<readonly (NdArray & { readonly name: string })[]> => {
  const names = store.names();
  const arrays = await store.read(names);
  return arrays.map((array, i) => ({ ...array, name: names[i] ?? "" }));
};

const initialState = ({ dtype, shape, start }: InitialState): NdArray<"f32"> | NdArray<"i32"> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return dtype === "i32" ? { dtype, shape, data: new Int32Array(size).fill(start) } : f32(shape, new Float32Array(size).fill(start));
};
