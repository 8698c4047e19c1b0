/** Hinge losses: nothing to pay once an output is on the right side by a margin of 1. */
import type { Value } from "../../compiler/ir/graph.js";
import { add, eq, gt, max, mul, select, sub, type Formula } from "../../formula/formula.js";
import { lastAxis, meanOfRest, sameAsOutput, type Loss, type LossRequest, type LossFamily } from "./loss.js";

const hingeLoss = (name: string, perExample: Loss["perExample"]): Loss<"values", LossFamily, "output"> => ({
  kind: "loss",
  name,
  input: "values",
  family: "none",
  options: {},
  labels: sameAsOutput,
  perExample,
});

const margin: Formula = max(sub(1, mul("x0", "x1")), 0);

/** Labels 0 and 1 become −1 and 1 when the batch has no others, as in Keras. */
const signs = ({ emit, labels }: LossRequest): Value => {
  const isOther = emit("elementwise", [labels], { formula: sub(1, max(eq("x0", 0), eq("x0", 1))) });
  const anyOther = emit("reduceMax", [isOther], { axes: labels.type.shape.map((_, axis) => axis), keepDims: false });
  return emit("elementwise", [labels, anyOther], { formula: select(gt("x1", 0), "x0", sub(mul(2, "x0"), 1)) });
};

const marginLoss = (name: string, formula: Formula): Loss<"values", LossFamily, "output"> =>
  hingeLoss(name, (request) => {
    const { emit, output } = request;
    return meanOfRest(emit("elementwise", [output, signs(request)], { formula }), emit);
  });

/**
 * max(1 − label · output, 0), mean over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape: −1 and 1, or 0 and 1.
 * Source  Keras 3 `Hinge`.
 */
export const hinge = (): Loss<"values", LossFamily, "output"> => marginLoss("hinge", margin);

/**
 * max(1 − label · output, 0)², mean over the outputs.
 *
 * Shape   output [n, …], labels f32 of the same shape: −1 and 1, or 0 and 1.
 * Source  Keras 3 `SquaredHinge`.
 */
export const squaredHinge = (): Loss<"values", LossFamily, "output"> =>
  marginLoss("squared_hinge", mul(margin, margin));

/**
 * max(wrong − right + 1, 0): right is Σ label · output over the classes, wrong the largest (1 − label) · output.
 *
 * Shape   output [n, …, classes], labels f32 of the same shape, 0 and 1.
 * Source  Keras 3 `CategoricalHinge`.
 */
export const categoricalHinge = (): Loss<"values", LossFamily, "output"> =>
  hingeLoss("categorical_hinge", ({ emit, output, labels }) => {
    const axes = [lastAxis(output)];
    const right = emit("reduceSum", [emit("elementwise", [output, labels], { formula: mul("x0", "x1") })], {
      axes,
      keepDims: false,
    });
    const others = emit("elementwise", [output, labels], { formula: mul(sub(1, "x1"), "x0") });
    const wrong = emit("reduceMax", [others], { axes, keepDims: false });
    return meanOfRest(emit("elementwise", [wrong, right], { formula: max(add(sub("x0", "x1"), 1), 0) }), emit);
  });
