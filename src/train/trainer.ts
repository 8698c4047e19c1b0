/** A trainer: the compiled training step of a model on a device, with the weights and the state that it carries. */
import { mistake, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import type { Backend, Device } from "../backends/backend.js";
import type { Pass } from "../compiler/passes/pass.js";
import { smallMemoryPasses } from "../compiler/small-memory-passes.js";
import type { NdArray } from "../data/nd-array.js";
import type { Model } from "../dsl/model.js";
import type { LayerInfo, WeightInfo } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import type { CompiledGraph } from "../run/compiled-graph.js";
import { initialWeights, type Weights } from "../run/initial-weights.js";
import { checkWeights } from "../run/weight-store.js";
import type { Batch } from "./batch.js";
import type { ClassWeights } from "./class-weights.js";
import { compiledSteps, stepGraph, type CompiledSteps } from "./compiled-steps.js";
import type { LossFits, MetricsFit, OutputNames } from "./fits.js";
import { trackedOf, type Losses, type MetricLists } from "./heads.js";
import { valuesOf, type RunningSums, type Tracked } from "./metrics/metric.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { stepRunner } from "./step-runner.js";
import { trainerProblem } from "./trainer-problems.js";
import { trainingState } from "./training-state.js";

export type { Batch, Labels } from "./batch.js";

type AnyModel = Model<unknown, unknown>;

export interface TrainerOptions<
  M extends AnyModel = AnyModel,
  L extends Losses = Losses,
  Ms extends MetricLists = MetricLists,
> {
  readonly model: M;
  readonly backend: Backend;
  /** `evaluation`: no step will be taken, so that a backend that only infers will do. */
  readonly purpose?: "training" | "evaluation" | undefined;
  /** Of the model's output, or by output name where it has several. */
  readonly loss: L & LossFits<M, L>;
  /** What each output's loss is multiplied by in their sum; 1 when not given. */
  readonly lossWeights?: { readonly [K in OutputNames<M>]?: number | undefined } | undefined;
  readonly optimizer: Optimizer;
  /** Of the model's output, or by output name: results are then called `<output>_<metric>`. */
  readonly metrics?: (Ms & MetricsFit<M, L, Ms>) | undefined;
  /** Metrics that heed the weights of examples (`sampleWeights`, and `classWeights` in training), in the same form. */
  readonly weightedMetrics?: MetricLists | undefined;
  /** Fixes initial weights, dropout and shuffling; 0 when not given. */
  readonly seed?: number | undefined;
  /** Weights to begin with, instead of fresh ones; `loadWeights` takes a part of them from another model. */
  readonly weights?: Weights | undefined;
  /** Paths of the weights to train, others are frozen: `["head"]`, `["stage4/*", "head"]`. */
  readonly trainable?: readonly string[] | undefined;
  /** How much the loss of an example counts, by its class. */
  readonly classWeights?: ClassWeights | undefined;
  /**
   * "small": activations that only the backward part reads again are computed again there instead of kept. The numbers are
   * the same to the bit; a step takes up to one forward pass longer. For backends that run kernel by kernel.
   */
  readonly memory?: "small" | undefined;
  /** For tests and `explain`: other passes than the default ones, and a check after each. */
  readonly passes?: readonly Pass[] | undefined;
  readonly verifyEach?: boolean | undefined;
}

/** Loss and metrics of a batch, by name. */
export type StepResult = Readonly<Record<string, number>>;

type Named = NdArray & { readonly name: string };

export interface Trainer<M = unknown, L extends Losses = Losses> {
  /** Exists only as a type: what examples must fit. */
  readonly "~fits"?: { readonly model: M; readonly loss: L } | undefined;
  readonly backend: string;
  readonly seed: number;
  /** What results hold beside the whole loss: the losses of several outputs, then the metrics. */
  readonly metrics: readonly Tracked[];
  readonly metricNames: readonly string[];
  readonly weightInfos: readonly WeightInfo[];
  /** Applications of layers in the order of the step's graph, for `explain`. */
  readonly layers: readonly LayerInfo[];
  /** One step on one batch; the learning rate is the optimiser's unless given. After a failure all is as before. */
  readonly step: (batch: Batch, learningRate?: number) => TaskEither<SvertkaError, StepResult>;
  /** Loss and metrics of one batch, in inference mode; nothing changes. */
  readonly evaluateBatch: (batch: Batch) => TaskEither<SvertkaError, StepResult>;
  /** As `step` and `evaluateBatch`; what comes back are the sums that `addSums` adds and `valuesOf` reads. */
  readonly stepSums: (batch: Batch, learningRate?: number) => TaskEither<SvertkaError, RunningSums>;
  readonly evaluateBatchSums: (batch: Batch) => TaskEither<SvertkaError, RunningSums>;
  /** Whether names, shapes and labels are those that the model and its losses need. */
  readonly checkBatch: (batch: Batch) => Either<SvertkaError, void>;
  /** Why a batch of so many examples cannot be trained on, if so. */
  readonly batchProblem: (examples: number) => SvertkaError | undefined;
  /** Steps taken so far: it is part of a snapshot. */
  readonly iterations: () => number;
  /** Of the next step. */
  readonly learningRate: () => number;
  /** From the next step on; a mistake where a schedule decides. */
  readonly setLearningRate: (learningRate: number) => Either<SvertkaError, void>;
  /** The model's weights now. */
  readonly weights: () => Promise<Weights>;
  readonly setWeights: (weights: Weights) => Either<SvertkaError, void>;
  /** Puts the weights' moving averages in their place, where the optimiser keeps them. */
  readonly useAverages: () => void;
  /** Weights that are put aside under a name, as an early stopping does with the best; they are part of a snapshot. */
  readonly keep: (name: string, weights: Weights | undefined) => void;
  readonly kept: (name: string) => Weights | undefined;
  /** Everything that a step carries: weights, moving statistics, optimiser slots, step number, what is kept. */
  readonly snapshot: () => Promise<readonly Named[]>;
  readonly restore: (arrays: readonly Named[], where: string) => Either<SvertkaError, void>;
  /** The compiled graphs, for `explain`. */
  readonly training: CompiledGraph;
  readonly evaluation: CompiledGraph;
  readonly device: Device;
  readonly dispose: () => void;
}

/**
 * Compiles the training step of a model.
 *
 * @example
 * const running = await orReject(trainer({ model: net, backend: wasm, loss: sparseCategoricalCrossentropy(), optimizer: adam() }))
 * const { loss } = await orReject(running.step({ x, y }))
 */
export const trainer = <M extends AnyModel, L extends Losses, const Ms extends MetricLists>(
  options: TrainerOptions<M, L, Ms>,
): TaskEither<SvertkaError, Trainer<M, L>> =>
  pipe(
    options.backend.load,
    TE.chainEitherK(
      (device) =>
        // Sound: what is given up are checks that the call has passed; M and L exist in the trainer's type only.
        trainerOn(device, options as unknown as TrainerOptions) as Either<SvertkaError, Trainer<M, L>>,
    ),
  );

const infersOnly = ({ name }: Device): SvertkaError =>
  mistake("Unsupported", "backend", `backend: ${name} infers and does not train: train on another such as wasm`);

const memoryProblem = ({ kind, name }: Device, memory: unknown): SvertkaError | undefined => {
  if (memory === undefined) return undefined;
  if (memory !== "small")
    return mistake(
      "BadOption",
      "memory",
      `memory: ${String(JSON.stringify(memory)).slice(0, 40)} is not known: use "small", or leave it out`,
    );
  return kind === "kernels"
    ? undefined
    : mistake(
        "Unsupported",
        "memory",
        `memory: ${name} plans its memory itself: leave "small" out, or use another backend`,
      );
};

const trainerOn = (device: Device, options: TrainerOptions): Either<SvertkaError, Trainer> => {
  const memory = memoryProblem(device, options.memory);
  if (memory !== undefined) return E.left(memory);
  if (device.infersOnly === true && options.purpose !== "evaluation") return E.left(infersOnly(device));
  const { seed = 0, metrics: given, weightedMetrics, loss, lossWeights, optimizer, trainable, classWeights } = options;
  const aims = { loss, lossWeights, metrics: given, weightedMetrics };
  const request = { model: options.model["~model"], registry: operators, seed, ...aims, trainable, optimizer };
  const weighted = classWeights !== undefined;
  // Where no step can be taken weights are others only when they are set.
  const stableWeights = device.infersOnly === true;
  return pipe(
    E.Do,
    E.bind("step", () => stepGraph(request, { does: "apply", weighted })),
    E.chainFirst(({ step }) => trainerProblem(step.model, step.heads, options)),
    E.bind("weights", ({ step }) => beginning(step.model.weights, options.weights, seed)),
    E.let("steps", (): CompiledSteps => {
      const { verifyEach } = options;
      const passes = options.passes ?? (options.memory === "small" ? smallMemoryPasses : undefined);
      return compiledSteps(request, { registry: operators, device, stableWeights, passes, verifyEach });
    }),
    E.bind("state", ({ step: { model, states }, weights, steps }) => {
      const changed = stableWeights ? steps.forget : () => undefined;
      return trainingState({ device, weights, states, infos: model.weights, optimizer, changed });
    }),
    E.map(({ step: { model, heads }, steps, state }): Trainer => {
      const { store: _, count: __, ...carried } = state;
      const runner = stepRunner({ device, state, steps, model, heads, optimizer, classWeights });
      const metrics = trackedOf(heads);
      const stepSums: Trainer["stepSums"] = device.infersOnly ? () => TE.left(infersOnly(device)) : runner.step;
      return {
        backend: device.name,
        seed,
        metrics,
        metricNames: metrics.map((metric) => metric.name),
        weightInfos: model.weights,
        layers: model.layers,
        step: (batch, rate) =>
          pipe(
            stepSums(batch, rate),
            TE.map((sums) => valuesOf(metrics, sums)),
          ),
        evaluateBatch: (batch) =>
          pipe(
            runner.evaluate(batch),
            TE.map((sums) => valuesOf(metrics, sums)),
          ),
        stepSums,
        evaluateBatchSums: runner.evaluate,
        batchProblem: runner.batchProblem,
        checkBatch: runner.checkBatch,
        ...carried,
        get training() {
          return steps.get({ does: "apply", weighted });
        },
        get evaluation() {
          return steps.get({ does: "evaluate", weighted: false });
        },
        device,
        dispose: () => {
          steps.dispose();
          state.dispose();
        },
      };
    }),
  );
};

/** The weights to begin with: given ones, checked, or fresh ones. */
const beginning = (
  infos: readonly WeightInfo[],
  given: Weights | undefined,
  seed: number,
): Either<SvertkaError, Weights> =>
  given === undefined ? E.right(initialWeights(infos, seed)) : checkWeights(infos, given, "weights");
