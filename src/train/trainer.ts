/** A trainer: the compiled training step of a model on a device, with the weights and the state that it carries. */
import { fail, invariant, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend, Buffer, Device } from "../backends/backend.js";
import type { Feeds } from "../backends/executor.js";
import type { Pass } from "../compiler/passes/pass.js";
import { f32, type NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import { compileGraph, type CompiledGraph } from "../run/compiled-graph.js";
import { initialWeights, type Weights } from "../run/initial-weights.js";
import { checkWeights, weightStore, type WeightStore } from "../run/weight-store.js";
import { checkBatch } from "./batch.js";
import type { Loss } from "./loss.js";
import type { Metric } from "./metric.js";
import { learningRateName, type InitialState } from "./optimizer-graph.js";
import type { Optimizer } from "./optimizer.js";
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
  const step = trainingGraph({ ...request, optimizer });
  if (E.isLeft(step)) return step;
  const evaluation = evaluationGraph(request);
  if (E.isLeft(evaluation)) return evaluation;
  const infos = step.right.model.weights;
  const weights = options.weights === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, options.weights, "weights");
  if (E.isLeft(weights)) return weights;
  const compileOptions = { registry: operators, device, stableWeights: false, passes: options.passes, verifyEach: options.verifyEach };
  const training = compileGraph(step.right.graph, compileOptions);
  const evaluating = compileGraph(evaluation.right.graph, compileOptions);
  const store = weightStore(device);
  for (const [name, array] of weights.right) store.upload(name, array);
  for (const state of step.right.states) store.upload(state.name, initialState(state));
  const inputs = step.right.model.inputs.map(({ name, value }) => ({ name, shape: value.type.shape.slice(1).map(Number) }));
  const labels = loss.labels(step.right.model.outputs[0]?.value.type.shape ?? []);
  const classes = loss.family === "categorical" ? Number(step.right.model.outputs[0]?.value.type.shape.at(-1)) : undefined;
  const check = (batch: Batch): ReturnType<typeof checkBatch> => checkBatch(batch, { inputs, labels, classes });
  const metricNames = metrics.map((metric) => metric.name);
  const run = async (compiled: CompiledGraph, batch: Batch, learningRate: number): Promise<Either<SvertkaError, StepResult>> => {
    const checked = check(batch);
    return E.isLeft(checked) ? checked : runStep(device, store, compiled, { ...checked.right, learningRate });
  };
  return E.right({
    backend: device.name,
    seed,
    metricNames,
    weightInfos: infos,
    step: (batch, learningRate = optimizer.learningRate) => () => run(training, batch, learningRate),
    evaluateBatch: (batch) => () => run(evaluating, batch, 0),
    weights: async () => {
      const names = infos.map((info) => info.name);
      const arrays = await store.read(names);
      return new Map(arrays.flatMap((array, i) => (array.dtype === "f32" ? [[names[i] ?? "", array] as const] : [])));
    },
    snapshot: async () => {
      const names = store.names();
      const arrays = await store.read(names);
      return arrays.map((array, i) => ({ ...array, name: names[i] ?? "" }));
    },
    restore: (arrays, where) => restoreInto(store, arrays, where),
    training,
    evaluation: evaluating,
    device,
    dispose: () => {
      training.dispose();
      evaluating.dispose();
      store.dispose();
    },
  });
};

const initialState = ({ dtype, shape, start }: InitialState): NdArray<"f32"> | NdArray<"i32"> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return dtype === "i32" ? { dtype, shape, data: new Int32Array(size).fill(start) } : f32(shape, new Float32Array(size).fill(start));
};

interface FedBatch {
  readonly size: number;
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
  readonly learningRate: number;
}

const scalar = (value: number): NdArray<"f32"> => f32([], Float32Array.of(value));

/** Uploads the batch, runs the program, puts updates in the store and reads the results. */
const runStep = async (
  device: Device,
  store: WeightStore,
  compiled: CompiledGraph,
  { size, inputs, learningRate }: FedBatch,
): Promise<Either<SvertkaError, StepResult>> => {
  const fed = new Map<string, Buffer>();
  for (const [name, { data, dtype, shape }] of [...inputs, [learningRateName, scalar(learningRate)] as const])
    fed.set(name, device.upload(data, { dtype, shape }));
  const feeds: Feeds = { input: (name) => inputNamed(fed, name), parameter: store.get, state: store.get };
  const ran = compiled.run(size, feeds);
  for (const buffer of fed.values()) device.release(buffer);
  if (E.isLeft(ran)) return ran;
  const values: [string, Promise<ArrayLike<number>>][] = [];
  ran.right.program.outputs.forEach(({ kind, name }, index) => {
    const buffer = ran.right.results[index];
    invariant(buffer, `no result for ${name}`);
    if (kind === "update") store.put(name, buffer);
    else values.push([name, device.read(buffer).finally(() => device.release(buffer))]);
  });
  const read = await Promise.all(values.map(async ([name, numbers]) => [name, (await numbers)[0] ?? Number.NaN] as const));
  return E.right(Object.fromEntries(read));
};

const inputNamed = (fed: ReadonlyMap<string, Buffer>, name: string): Buffer => {
  const buffer = fed.get(name);
  invariant(buffer, `nothing is fed for '${name}'`);
  return buffer;
};

/** Puts saved arrays in the places of the states that are there: names and shapes must agree, none may be missing. */
const restoreInto = (
  store: WeightStore,
  arrays: readonly (NdArray & { readonly name: string })[],
  where: string,
): Either<SvertkaError, void> => {
  const given = new Map(arrays.map((array) => [array.name, array]));
  for (const name of store.names()) {
    const array = given.get(name);
    const { dtype, shape } = store.get(name).type;
    if (array === undefined || array.dtype !== dtype || array.shape.join() !== shape.join())
      return fail(
        "BadFile",
        where,
        `checkpoint: '${name}' ${array === undefined ? "is missing" : `is ${array.dtype}[${array.shape.join(", ")}]`}, the model needs ${dtype}[${shape.join(", ")}]: resume with the model that wrote it`,
      );
  }
  const extra = arrays.find((array) => !store.names().includes(array.name));
  if (extra !== undefined)
    return fail("BadFile", where, `checkpoint: '${extra.name}' is no weight of this model: resume with the model that wrote it`);
  for (const [name, array] of given) if (array.dtype !== "u8") store.upload(name, array);
  return E.right(undefined);
};
