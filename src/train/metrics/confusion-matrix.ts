/** The confusion matrix: how often each class is taken for each. */
import { multiplyDims } from "../../compiler/ir/type.js";
import { add, mul } from "../../formula/formula.js";
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { classOf, weighed, type Metric, type MetricRequest } from "./metric.js";

/** Element [i][j] counts labels i that were taken for j. */
export type Counted = readonly (readonly number[])[];

/**
 * Counts by label (rows) and class with the largest output (columns). A history does not hold it; `evaluateSums` gives it.
 *
 * Source  TensorFlow's `tf.math.confusion_matrix`; Keras has no such metric.
 *
 * @example
 * const matrix = confusionMatrix()
 * const { sums, examples } = await orReject(evaluateSums(trained, test))
 * const counts = matrix.value(sums[matrix.name] ?? [], examples)
 */
export const confusionMatrix = (): Metric<Counted, "classes"> => ({
  kind: "metric",
  name: "confusion_matrix",
  needs: "classes",
  better: "larger",
  weighs: true,
  sums: ({ emit, output, labels, weights }) => {
    const depth = Number(output.type.shape.at(-1));
    const rows = (value: Value): Value => emit("oneHot", [flat(classOf(value, emit), emit)], { depth });
    const counts = emit("matMul", [weighedRows(rows(labels), labels, { emit, weights }), rows(output)], {
      transposeA: true,
      transposeB: false,
    });
    return emit("reshape", [counts], { shape: [depth * depth] });
  },
  value: (sums) => {
    const classes = Math.sqrt(sums.length);
    return Array.from({ length: classes }, (_, row) => sums.slice(row * classes, (row + 1) * classes));
  },
});

/** Rows of one 1 per position, of which an example may have several, times the example's weight. */
const weighedRows = (rows: Value, labels: Value, request: Pick<MetricRequest, "emit" | "weights">): Value => {
  const { emit, weights } = request;
  if (weights === undefined) return rows;
  const classes = classOf(labels, emit);
  const ones = emit("elementwise", [emit("cast", [classes], { dtype: "f32" })], { formula: add(mul("x0", 0), 1) });
  const column = emit("reshape", [weighed(ones, request)], { shape: [classes.type.shape.reduce(multiplyDims, 1), 1] });
  return emit("elementwise", [rows, column], { formula: mul("x0", "x1") });
};

const flat = (value: Value, emit: Emit): Value =>
  emit("reshape", [value], { shape: [value.type.shape.reduce(multiplyDims, 1)] });
