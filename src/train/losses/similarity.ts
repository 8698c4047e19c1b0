/** Losses that compare two vectors as wholes: distributions and directions. */
import type { Emit, Value } from "../../compiler/ir/graph.js";
import { div, log, max, min, mul, neg, sqrt, type Formula } from "../../formula/formula.js";
import { epsilon, lastAxis, sameAsOutput, sumOfLast, type Loss, type LossFamily } from "./loss.js";

const clipped = (x: Formula): Formula => max(min(x, 1), epsilon);

/**
 * Σ label · log(label / output) over the last axis, both kept in [1e-7, 1].
 *
 * Shape   output [n, …, classes], labels f32 of the same shape: distributions.
 * Source  Kullback & Leibler 1951; Keras 3 `KLDivergence`.
 */
export const klDivergence = (): Loss<"values", LossFamily, "output"> => ({
  kind: "loss",
  name: "kl_divergence",
  input: "values",
  family: "none",
  options: {},
  labels: sameAsOutput,
  perExample: ({ emit, output, labels }) => {
    const formula = mul(clipped("x1"), log(div(clipped("x1"), clipped("x0"))));
    return sumOfLast(emit("elementwise", [output, labels], { formula }), emit);
  },
});

/** x / √max(Σ x², ε²) over the last axis. */
const direction = (x: Value, emit: Emit): Value => {
  const squares = emit("elementwise", [x], { formula: mul("x0", "x0") });
  const sum = emit("reduceSum", [squares], { axes: [lastAxis(x)], keepDims: true });
  return emit("elementwise", [x, sum], { formula: div("x0", sqrt(max("x1", epsilon * epsilon))) });
};

/**
 * −cos of the angle between output and label over the last axis: −1 where they point the same way.
 *
 * Shape   output [n, …, size], labels f32 of the same shape.
 * Source  Keras 3 `CosineSimilarity`.
 */
export const cosineSimilarity = (): Loss<"values", LossFamily, "output"> => ({
  kind: "loss",
  name: "cosine_similarity",
  input: "values",
  family: "none",
  options: {},
  labels: sameAsOutput,
  perExample: ({ emit, output, labels }) => {
    const product = emit("elementwise", [direction(output, emit), direction(labels, emit)], {
      formula: neg(mul("x0", "x1")),
    });
    return sumOfLast(product, emit);
  },
});
