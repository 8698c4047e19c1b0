/** Training: losses, optimisers, metrics, the compiled step, fit, tasks and checkpoints. Free of Node. */
export { onEpochEnd, stopAt, type Callback, type EpochEnd, type EpochRecord } from "./callback.js";
export { checkpointWeights, decodeCheckpoint, encodeCheckpoint, readPage, type Checkpoint, type CheckpointFiles } from "./checkpoint.js";
export {
  evaluate,
  fit,
  startPosition,
  type Examples,
  type FitOptions,
  type FitResult,
  type History,
  type Position,
  type Progress,
} from "./fit.js";
export {
  binaryCrossentropy,
  categoricalCrossentropy,
  meanSquaredError,
  sparseCategoricalCrossentropy,
  type CrossentropyOptions,
  type Loss,
  type LossInput,
} from "./loss.js";
export { accuracy, type Metric } from "./metric.js";
export { adam, sgd, type AdamOptions, type Optimizer, type SgdOptions } from "./optimizer.js";
export { l1, l2, l1l2 } from "./regularizer.js";
export { isTask, task, type DataRequest, type Task, type TaskData, type TaskOptions } from "./task.js";
export { trainer, type Batch, type StepResult, type Trainer, type TrainerOptions } from "./trainer.js";
