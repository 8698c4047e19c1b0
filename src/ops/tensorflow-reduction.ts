/** Reductions as TensorFlow nodes. */
import type { ReductionAttributes } from "./reduction.js";
import type { TensorFlowMapping } from "./tensorflow.js";

/* @__NO_SIDE_EFFECTS__ */
export const tensorFlowReduction = (operator: string, op: string): TensorFlowMapping<ReductionAttributes> => ({
  kind: "tensorflow",
  operator,
  write: ({ values, inputs: [x], attrs: { axes, keepDims }, graph }) =>
    op === "Sum" && !keepDims && isAllButLast(axes, x?.shape.length ?? 0)
      ? // The kernel of bias gradients: several times as fast as Sum.
        graph.node("BiasAddGrad", values, { data_format: "NHWC" })
      : graph.node(op, [...values, graph.constant("i32", axes)], { keep_dims: keepDims }),
});

const isAllButLast = (axes: readonly number[], rank: number): boolean =>
  rank >= 2 && axes.length === rank - 1 && !axes.includes(rank - 1);
