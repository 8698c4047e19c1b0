/** How many outputs lie above thresholds, by their labels: what precision, recall and the area under a curve are made of. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { multiplyDims } from "../../compiler/ir/type.js";
import { gt, sub } from "../../formula/formula.js";
import { labelsLikeOutput, weighed, type MetricRequest } from "./metric.js";

/** Below any finite output: everything lies above it, so that the totals come first. */
const below = -3e38;

/** f32[2 (1 + thresholds)], examples counting as much as they weigh: positives, then those above each threshold; negatives, then those above each threshold. */
export const thresholdCounts = (request: MetricRequest, thresholds: readonly number[]): Value => {
  const { emit, output } = request;
  const columns = thresholds.length + 1;
  const labels = emit("elementwise", [labelsLikeOutput(request)], { formula: gt("x0", 0) });
  const others = emit("elementwise", [labels], { formula: sub(1, "x0") });
  const sides = emit(
    "concatenate",
    [labels, others].map((side) => asColumn(weighed(side, request), emit)),
    { axis: 1 },
  );
  const limits = emit("constant", [], { dtype: "f32", shape: [columns], value: [below, ...thresholds] });
  const above = emit("elementwise", [asColumn(output, emit), limits], { formula: gt("x0", "x1") });
  const counts = emit("matMul", [sides, above], { transposeA: true, transposeB: false });
  return emit("reshape", [counts], { shape: [2 * columns] });
};

const asColumn = (value: Value, emit: Emit): Value =>
  emit("reshape", [value], { shape: [value.type.shape.reduce(multiplyDims, 1), 1] });

/** The counts of {@link thresholdCounts} by name, a number per threshold. */
export interface Counts {
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  readonly trueNegatives: readonly number[];
  readonly falseNegatives: readonly number[];
}

export const countsOf = (sums: readonly number[]): Counts => {
  const half = sums.length / 2;
  const [positives = 0, ...truePositives] = sums.slice(0, half);
  const [negatives = 0, ...falsePositives] = sums.slice(half);
  return {
    truePositives,
    falsePositives,
    trueNegatives: falsePositives.map((count) => negatives - count),
    falseNegatives: truePositives.map((count) => positives - count),
  };
};

/** a / b; 0 where b is 0, as Keras's divide_no_nan. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
