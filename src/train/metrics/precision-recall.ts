/** Precision and recall at a threshold. */
import { fraction, optionsProblem } from "../options.js";
import type { Metric } from "./metric.js";
import { countsOf, ratio, thresholdCounts, type Counts } from "./threshold-counts.js";

export interface ThresholdOptions {
  /** From which probability on an output says yes; 0.5 as in Keras. */
  readonly threshold?: number | undefined;
}

export const thresholdRules = { threshold: fraction(0.5) };

const atThreshold = (
  name: string,
  options: ThresholdOptions,
  value: (counts: Counts) => number,
): Metric<number, "probabilities"> => ({
  kind: "metric",
  name,
  needs: "probabilities",
  better: "larger",
  problem: optionsProblem(name, options, thresholdRules),
  weighs: true,
  sums: (request) => thresholdCounts(request, [options.threshold ?? 0.5]),
  value: (sums) => value(countsOf(sums)),
});

/**
 * Of the outputs that say yes, the share whose label is yes; 0 when none does. All outputs of an example count alike.
 *
 * Source  Keras 3 `Precision` with one threshold.
 */
export const precision = (options: ThresholdOptions = {}): Metric<number, "probabilities"> =>
  atThreshold("precision", options, ({ truePositives: [right = 0], falsePositives: [wrong = 0] }) =>
    ratio(right, right + wrong),
  );

/**
 * Of the outputs whose label is yes, the share that says yes; 0 when none is.
 *
 * Source  Keras 3 `Recall` with one threshold.
 */
export const recall = (options: ThresholdOptions = {}): Metric<number, "probabilities"> =>
  atThreshold("recall", options, ({ truePositives: [right = 0], falseNegatives: [missed = 0] }) =>
    ratio(right, right + missed),
  );
