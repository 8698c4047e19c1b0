/** A training task: everything that `svertka train` needs, as one value. */
import type { SvertkaError } from "../errors.js";
import type { TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import type { Weights } from "../run/initial-weights.js";
import type { Callback } from "./callback.js";
import type { Examples } from "./fit.js";
import type { ClassWeights } from "./class-weights.js";
import type { LossFits, MetricsFit } from "./fits.js";
import type { Loss } from "./losses/loss.js";
import type { Metric } from "./metrics/metric.js";
import type { Optimizer } from "./optimizers/optimizer.js";

/** What the command line says about the data. */
export interface DataRequest {
  /** `--data DIR`, when it is given. */
  readonly dataDir: string | undefined;
  readonly seed: number;
}

export interface TaskData {
  readonly train: Examples;
  readonly validation?: Examples | undefined;
  readonly test?: Examples | undefined;
  /** Names of the classes, for pictures. */
  readonly classNames?: readonly string[] | undefined;
}

export interface TaskOptions<
  M extends Model<unknown, unknown> = Model<unknown, unknown>,
  L extends Loss = Loss,
  Ms extends readonly Metric[] = readonly Metric[],
> {
  readonly model: M;
  readonly loss: L & LossFits<M, L>;
  readonly optimizer: Optimizer;
  readonly metrics?: Ms & MetricsFit<M, L, Ms>;
  readonly callbacks?: readonly Callback[];
  readonly epochs: number;
  /** 32 when not given. */
  readonly batchSize?: number;
  /** 0 when not given. */
  readonly seed?: number;
  /** Paths of the weights to train; all that are not frozen when not given. */
  readonly trainable?: readonly string[] | undefined;
  /** How much the loss of an example counts, by its class. */
  readonly classWeights?: ClassWeights | undefined;
  /** Weights to begin with, as `loadWeights` gives them. */
  readonly weights?: Weights | undefined;
  readonly data: (request: DataRequest) => TaskEither<SvertkaError, TaskData>;
}

/** Those that stay out when they are not given. */
type Optional = "trainable" | "classWeights" | "weights";

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
export const task = <M extends Model<unknown, unknown>, L extends Loss, const Ms extends readonly Metric[]>(
  options: TaskOptions<M, L, Ms>,
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
