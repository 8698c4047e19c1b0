/** The metrics: one line each. */
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
  type TopKOptions,
} from "./accuracy.js";
export { auc, type AucOptions } from "./auc.js";
export { confusionMatrix, type Counted } from "./confusion-matrix.js";
export { f1Score, type F1Average, type F1Options } from "./f1-score.js";
export {
  addSums,
  meanMetric,
  meanOf,
  noSums,
  valuesOf,
  type Metric,
  type MetricNeeds,
  type MetricRequest,
  type RunningSums,
  type Tracked,
} from "./metric.js";
export { precision, recall, type ThresholdOptions } from "./precision-recall.js";
