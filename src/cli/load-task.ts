/** TASK of the command line: a module whose default export is a training task, with what the flags put in place of its fields. */
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { fail, mistake, type SvertkaError } from "../errors.js";
import { isTask, type Task } from "../train/task.js";
import { isModel } from "./load-model.js";
import { isModuleName, loadDefaultExport, type LoadModuleOptions } from "./load-module.js";

/** A module is not type-checked when it is loaded: its fields may hold anything. */
const firstBadField = (task: Task): string | undefined => {
  const isKind = (value: unknown, kind: string): boolean =>
    typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
  const every = (value: unknown, holds: (item: unknown) => boolean): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(holds);
  const areMetrics = (value: unknown): boolean =>
    Array.isArray(value) ? value.every((metric) => isKind(metric, "metric")) : every(value, Array.isArray);
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
  const fields: Readonly<Record<string, boolean>> = {
    "model (what model(...) gives)": isModel(task.model),
    "loss (as sparseCategoricalCrossentropy(), or one by output name)":
      isKind(task.loss, "loss") || every(task.loss, (loss) => loss === null || isKind(loss, "loss")),
    "optimizer (as adam())": isKind(task.optimizer, "optimizer"),
    "metrics (a list, as [accuracy()], or one by output name)": areMetrics(task.metrics),
    "weightedMetrics (a list, or one by output name)":
      task.weightedMetrics === undefined || areMetrics(task.weightedMetrics),
    "lossWeights (numbers by output name)":
      task.lossWeights === undefined || every(task.lossWeights, (weight) => typeof weight === "number"),
    "callbacks (a list)":
      Array.isArray(task.callbacks) && task.callbacks.every((callback) => isKind(callback, "callback")),
    "epochs (a whole number from 1)": isCount(task.epochs),
    "batchSize (a whole number from 1)": isCount(task.batchSize),
    "stepsPerEpoch (a whole number from 1)": task.stepsPerEpoch === undefined || isCount(task.stepsPerEpoch),
    "seed (a whole number)": Number.isSafeInteger(task.seed),
    "trainable (a list of weights' paths)":
      task.trainable === undefined ||
      (Array.isArray(task.trainable) && task.trainable.every((path) => typeof path === "string")),
    "classWeights (a number by class, as { 0: 1, 1: 2 })":
      task.classWeights === undefined || (typeof task.classWeights === "object" && task.classWeights !== null),
    "weights (what loadWeights gives, its weights)": task.weights === undefined || task.weights instanceof Map,
    "data (a function)": typeof task.data === "function",
  };
  return Object.entries(fields).find(([, holds]) => !holds)?.[0];
};

const asTask = (value: unknown, path: string): Either<SvertkaError, Task> => {
  if (!isTask(value))
    return fail(
      "BadModel",
      path,
      isModel(value)
        ? "module: its default export is a model, not a task: wrap it, as task({ model, loss, optimizer, epochs, data })"
        : "module: its default export is no task: export what task({ model, loss, optimizer, epochs, data }) gives",
    );
  const bad = firstBadField(value);
  return bad === undefined
    ? E.right(value)
    : fail("BadModel", path, `task: the field ${bad} is missing or of another kind: correct it`);
};

export const loadTask = (path: string, options: LoadModuleOptions): TaskEither<SvertkaError, Task> =>
  isModuleName(path)
    ? pipe(
        loadDefaultExport(path, options),
        TE.flatMapEither((value) => asTask(value, path)),
      )
    : TE.left(mistake("BadFile", path, "task: no .ts or .js module: give one whose default export is a task"));
