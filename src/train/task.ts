/** A training task: everything that `svertka train` needs, as one value. */
import type { SvertkaError } from "../errors.js";
import type { TaskEither } from "../fp.js";
import type { Model } from "../dsl/model.js";
import type { Callback } from "./callback.js";
import type { Examples } from "./fit.js";
import type { Loss } from "./loss.js";
import type { Metric } from "./metric.js";
import type { Optimizer } from "./optimizer.js";

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

export interface TaskOptions {
  readonly model: Model<unknown, unknown>;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  readonly callbacks?: readonly Callback[];
  readonly epochs: number;
  /** 32 when not given. */
  readonly batchSize?: number;
  /** 0 when not given. */
  readonly seed?: number;
  readonly data: (request: DataRequest) => TaskEither<SvertkaError, TaskData>;
}

/** A {@link TaskOptions} with nothing left open; `svertka train` takes a module whose default export is one. */
export interface Task extends Required<TaskOptions> {
  readonly kind: "task";
}

/**
 * Makes a training task; the command line's flags override its fields.
 *
 * @example
 * export default task({ model: net, loss: sparseCategoricalCrossentropy(), optimizer: adam(), epochs: 5, data })
 */
export const task = (options: TaskOptions): Task => ({
  metrics: [],
  callbacks: [],
  batchSize: 32,
  seed: 0,
  ...options,
  kind: "task",
});

/** Whether a module's default export is a task; the rest of its fields are checked by types. */
export const isTask = (value: unknown): value is Task =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "task";
