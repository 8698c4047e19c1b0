/** Training: losses, optimisers, metrics, schedules, the compiled step, fit, callbacks, tasks and checkpoints. Free of Node. */
export * from "./callbacks/index.js";
export {
  callback,
  onEpochEnd,
  stopAt,
  type BatchEnd,
  type Callback,
  type EpochBegin,
  type EpochEnd,
  type EpochRecord,
  type Hooks,
  type TrainBegin,
  type TrainEnd,
  type Wish,
} from "./callback.js";
export type { CallbackStates, Json } from "./callback-states.js";
export {
  checkpointWeights,
  decodeCheckpoint,
  encodeCheckpoint,
  readPage,
  type Checkpoint,
  type CheckpointFiles,
} from "./checkpoint.js";
export type { ClassWeights } from "./class-weights.js";
export type { LayerNodes, RecordedLayer, RecordedWeight, TrainingRecord } from "./checkpoint-training.js";
export { maxNorm, minMaxNorm, nonNegative, unitNorm, type MinMaxNormOptions, type NormOptions } from "./constraint.js";
export { evaluate, evaluateSums, type EvaluateOptions } from "./evaluate.js";
export {
  fit,
  startPosition,
  type Examples,
  type FitOptions,
  type FitResult,
  type History,
  type Position,
  type Progress,
  type TrainingData,
} from "./fit.js";
export type { Losses, LossesByOutput, MetricLists, MetricsByOutput } from "./heads.js";
export { loadWeights, type LoadedWeights, type LoadWeightsOptions } from "./load-weights.js";
export * from "./losses/index.js";
export * from "./metrics/index.js";
export { lossNamed, metricNamed, optimizerNamed, scheduleNamed, type NamedOptions } from "./by-name.js";
export * from "./optimizers/index.js";
export { l1, l2, l1l2 } from "./regularizer.js";
export * from "./schedules/index.js";
export { withDataShape } from "./with-data-shape.js";
export { isTask, task, type DataRequest, type Task, type TaskData, type TaskOptions } from "./task.js";
export { trainer, type Batch, type Labels, type StepResult, type Trainer, type TrainerOptions } from "./trainer.js";
