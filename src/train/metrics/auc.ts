/** The area under a curve of all thresholds. */
import { count, flag, oneOf, optionsProblem } from "../options.js";
import type { Metric } from "./metric.js";
import { countsOf, ratio, thresholdCounts, type Counts } from "./threshold-counts.js";

export interface AucOptions<L extends boolean = boolean> {
  /** How many thresholds divide [0, 1]; 200 as in Keras. */
  readonly numThresholds?: number | undefined;
  /** `ROC`: true positives by false positives; `PR`: precision by recall. */
  readonly curve?: "ROC" | "PR" | undefined;
  /** Whether the model gives logits; false as in Keras. */
  readonly fromLogits?: L | undefined;
}

export const aucRules = { numThresholds: count(2), curve: oneOf("ROC", "PR"), fromLogits: flag };

/** Keras's: evenly spread, the ends a little outside [0, 1]. */
const thresholdsOf = (size: number): readonly number[] =>
  Array.from({ length: size }, (_, i) => (i === 0 ? -1e-7 : i === size - 1 ? 1 + 1e-7 : i / (size - 1)));

/** Trapezoids between neighbouring thresholds: recall by the rate of false positives. */
const areaUnderRoc = ({ truePositives, falsePositives, trueNegatives, falseNegatives }: Counts): number => {
  const x = falsePositives.map((wrong, i) => ratio(wrong, wrong + (trueNegatives[i] ?? 0)));
  const y = truePositives.map((right, i) => ratio(right, right + (falseNegatives[i] ?? 0)));
  return x.reduce(
    (area, at, i) => (i === 0 ? area : area + (((x[i - 1] ?? 0) - at) * ((y[i - 1] ?? 0) + (y[i] ?? 0))) / 2),
    0,
  );
};

/** Between two thresholds precision is not linear in recall (Davis & Goadrich 2006): the interpolation of Keras. */
const areaUnderPrecisionRecall = ({ truePositives, falsePositives, falseNegatives }: Counts): number => {
  const said = truePositives.map((right, i) => right + (falsePositives[i] ?? 0));
  return said.slice(1).reduce((area, low, i) => {
    const [high = 0, rightHigh = 0, right = 0] = [said[i], truePositives[i], truePositives[i + 1]];
    const gained = rightHigh - right;
    const slope = ratio(gained, Math.max(high - low, 0));
    const intercept = right - slope * low;
    const growth = high > 0 && low > 0 ? high / low : 1;
    const positives = right + (falseNegatives[i + 1] ?? 0);
    return area + ratio(slope * (gained + intercept * Math.log(growth)), Math.max(positives, 0));
  }, 0);
};

/**
 * The area under the ROC (or precision-recall) curve: how well outputs order examples, whatever the threshold.
 *
 * Cost    one comparison per output and threshold.
 * Source  Keras 3 `AUC` with `summation_method="interpolation"`; all outputs of an example count alike (`multi_label=False`).
 *
 * @example
 * const metrics = [auc(), auc({ curve: "PR" })] // auc, auc_pr
 */
export const auc = <L extends boolean = false>(
  options: AucOptions<L> = {},
): Metric<number, L extends true ? "anything" : "probabilities"> => {
  const { numThresholds = 200, curve = "ROC", fromLogits = false } = options;
  return {
    kind: "metric",
    name: curve === "PR" ? "auc_pr" : "auc",
    needs: (fromLogits ? "anything" : "probabilities") as L extends true ? "anything" : "probabilities", // sound: L is the type of fromLogits
    better: "larger",
    problem: optionsProblem("auc", options, aucRules),
    weighs: true,
    sums: (request) => {
      const { emit, output } = request;
      const probabilities = fromLogits ? emit("sigmoid", [output]) : output;
      return thresholdCounts({ ...request, output: probabilities }, thresholdsOf(numThresholds));
    },
    value: (sums) => (curve === "PR" ? areaUnderPrecisionRecall : areaUnderRoc)(countsOf(sums)),
  };
};
