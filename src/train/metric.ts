/** Metrics as values: each gives a number per example, whose mean over an epoch is shown. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { eq, gt } from "../formula/formula.js";

export interface MetricRequest {
  readonly emit: Emit;
  readonly output: Value;
  readonly labels: Value;
}

export interface Metric {
  readonly kind: "metric";
  /** The name in histories: `accuracy`, `val_accuracy`. */
  readonly name: string;
  /** f32[n]. */
  readonly perExample: (request: MetricRequest) => Value;
}

const lastAxis = (value: Value): number => value.type.shape.length - 1;

/** Class numbers: as they are, or the position of the largest entry of a row. */
const classOf = (value: Value, emit: Emit): Value =>
  value.type.dtype === "i32" ? value : emit("argMax", [value], { axis: lastAxis(value) });

const isOneColumn = ({ type }: Value): boolean => type.shape.at(-1) === 1;

/**
 * The share of examples that are classified right.
 *
 * One output per example counts as right when it is on the label's side of 0.5 (Keras's binary accuracy); several when
 * the largest is the label's (categorical, or sparse when labels are class numbers).
 */
export const accuracy = (): Metric => ({
  kind: "metric",
  name: "accuracy",
  perExample: ({ emit, output, labels }) => {
    if (!isOneColumn(output)) return emit("elementwise", [classOf(output, emit), classOf(labels, emit)], { formula: eq("x0", "x1") });
    const right = emit("elementwise", [output, labels], { formula: eq(gt("x0", 0.5), gt("x1", 0.5)) });
    return emit("reduceMean", [right], { axes: right.type.shape.map((_, axis) => axis).slice(1), keepDims: false });
  },
});
