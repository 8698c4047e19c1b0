/** A training task: everything that `svertka train` needs, as one value. */
import type { SvertkaError } from "../errors.js";
import type { TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import type { Weights } from "../run/initial-weights.js";
import type { Callback } from "./callback.js";
import type { TrainingData } from "./training-data.js";
import type { ClassWeights } from "./class-weights.js";
import type { TaskDataFits } from "./data-fits.js";
import type { LossFits, MetricsFit, OutputNames } from "./fits.js";
import type { Losses, MetricLists } from "./heads.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { TrainerOptions } from "./trainer.js";

/** What the command line says about the data. */
export interface DataRequest {
  /** `--data DIR`, when it is given. */
  readonly dataDir: string | undefined;
  readonly seed: number;
}

export interface TaskData {
  readonly train: TrainingData;
  readonly validation?: TrainingData | undefined;
  readonly test?: TrainingData | undefined;
  /** Names of the classes, for pictures. */
  readonly classNames?: readonly string[] | undefined;
}

export interface TaskOptions<
  M extends Model<unknown, unknown> = Model<unknown, unknown>,
  L extends Losses = Losses,
  Ms extends MetricLists = MetricLists,
  D extends TaskData = TaskData,
> {
  readonly model: M;
  /** Of the model's output, or by output name where it has several. */
  readonly loss: L & LossFits<M, L>;
  /** What each output's loss is multiplied by in their sum; 1 when not given. */
  readonly lossWeights?: { readonly [K in OutputNames<M>]?: number | undefined } | undefined;
  readonly optimizer: Optimizer;
  /** Of the model's output, or by output name. */
  readonly metrics?: Ms & MetricsFit<M, L, Ms>;
  /** Metrics that heed the weights of examples, in the same form. */
  readonly weightedMetrics?: MetricLists | undefined;
  readonly callbacks?: readonly Callback[];
  readonly epochs: number;
  /** 32 when not given. */
  readonly batchSize?: number;
  /** An epoch ends after so many batches; needed where training data have no end. */
  readonly stepsPerEpoch?: number | undefined;
  /** 0 when not given. */
  readonly seed?: number;
  /** Paths of the weights to train; all that are not frozen when not given. */
  readonly trainable?: readonly string[] | undefined;
  /** How much the loss of an example counts, by its class. */
  readonly classWeights?: ClassWeights | undefined;
  /** Weights to begin with, as `loadWeights` gives them. */
  readonly weights?: Weights | undefined;
  readonly data: (request: DataRequest) => TaskEither<SvertkaError, D & TaskDataFits<M, L, D>>;
}

/** Those that stay out when they are not given. */
type Optional = "stepsPerEpoch" | "lossWeights" | "weightedMetrics" | "trainable" | "classWeights" | "weights";

/** A {@link TaskOptions} with nothing left open; `svertka train` takes a module whose default export is one. */
export interface Task extends Required<Omit<TaskOptions, Optional>>, Pick<TaskOptions, Optional> {
  readonly kind: "task";
}

/**
 * Makes a training task; the command line's flags override its fields.
 *
 * @example
 * export default task({ model: net, loss: sparseCategoricalCrossentropy(), optimizer: adam(), epochs: 5, data })
 */
export const task = <
  M extends Model<unknown, unknown>,
  L extends Losses,
  const Ms extends MetricLists,
  D extends TaskData,
>(
  options: TaskOptions<M, L, Ms, D>,
): Task => ({
  metrics: [],
  callbacks: [],
  batchSize: 32,
  seed: 0,
  // Sound: what is given up are checks that the call has passed.
  ...(options as unknown as TaskOptions),
  kind: "task",
});

/** Whether a module's default export is a task; the rest of its fields are checked by types. */
export const isTask = (value: unknown): value is Task =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "task";

/** What of a task a trainer takes. */
export const trainerOptionsOf = (given: Task): Omit<TrainerOptions, "backend"> => {
  const { model, loss, lossWeights, optimizer, metrics, weightedMetrics, seed, trainable, classWeights, weights } =
    given;
  return { model, loss, lossWeights, optimizer, metrics, weightedMetrics, seed, trainable, classWeights, weights };
};
