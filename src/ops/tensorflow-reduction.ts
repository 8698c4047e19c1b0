/** Reductions as TensorFlow nodes. */
import type { ReductionAttributes } from "./reduction.js";
import type { TensorFlowMapping } from "./tensorflow.js";

export const tensorFlowReduction = (operator: string, op: string): TensorFlowMapping<ReductionAttributes> => ({
  kind: "tensorflow",
  operator,
  write: ({ values, attrs: { axes, keepDims }, graph }) =>
    graph.node(op, [...values, graph.constant("i32", axes)], { keep_dims: keepDims }),
});
