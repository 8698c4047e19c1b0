/** The callbacks that come with svertka; those that write are given a function that does. */
export { csvLog, csvOf, type CsvLogOptions } from "./csv-log.js";
export { earlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
export { eventFileHeader, scalarRecord, type ScalarEvent } from "./event-file.js";
export { modelCheckpoint, type ModelCheckpointOptions } from "./model-checkpoint.js";
export type { MonitorOptions } from "./monitor.js";
export { reduceLearningRateOnPlateau, type ReduceLearningRateOptions } from "./reduce-learning-rate.js";
export { tensorBoard, type TensorBoardOptions, type TensorBoardRun } from "./tensor-board.js";
