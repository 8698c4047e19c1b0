/** The confusion matrix: how often each class is taken for each. */
import { multiplyDims } from "../../compiler/ir/type.js";
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { classOf, type Metric } from "./metric.js";

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
  sums: ({ emit, output, labels }) => {
    const depth = Number(output.type.shape.at(-1));
    const rows = (value: Value): Value => emit("oneHot", [flat(classOf(value, emit), emit)], { depth });
    const counts = emit("matMul", [rows(labels), rows(output)], { transposeA: true, transposeB: false });
    return emit("reshape", [counts], { shape: [depth * depth] });
  },
  value: (sums) => {
    const classes = Math.sqrt(sums.length);
    return Array.from({ length: classes }, (_, row) => sums.slice(row * classes, (row + 1) * classes));
  },
});

const flat = (value: Value, emit: Emit): Value =>
  emit("reshape", [value], { shape: [value.type.shape.reduce(multiplyDims, 1)] });
