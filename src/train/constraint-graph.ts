/** Emits a constraint: the weight as it is after a step, brought back. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { add, div, max, min, mul, sqrt } from "../formula/formula.js";
import type { WeightInfo } from "../dsl/to-graph.js";
import type { Constraint } from "../ops/layer.js";

/** Keras's fuzz: a weight of zeros is divided by that. */
const epsilon = 1e-7;

export const appendConstraint = (weight: Value, constraint: Constraint, emit: Emit): Value => {
  if (constraint.kind === "nonNegative") return emit("elementwise", [weight], { formula: max("x0", 0) });
  const { minimum, maximum, rate, axes } = constraint;
  const squares = emit("elementwise", [weight], { formula: mul("x0", "x0") });
  const sums = emit("reduceSum", [squares], { axes: [...new Set(axes)].sort((a, b) => a - b), keepDims: true });
  const norm = sqrt("x1");
  const wanted = add(mul(rate, min(max(norm, minimum), maximum)), mul(1 - rate, norm));
  return emit("elementwise", [weight, sums], { formula: mul("x0", div(wanted, add(epsilon, norm))) });
};

/** What is wrong with a weight's constraint, if anything. */
export const constraintProblem = ({ name, shape, constraint }: WeightInfo): string | undefined => {
  if (constraint === undefined || constraint.kind === "nonNegative") return undefined;
  const { minimum, maximum, rate, axes } = constraint;
  const axis = axes.find((one) => !Number.isInteger(one) || one < 0 || one >= shape.length);
  if (axes.length === 0) return `constraint: '${name}' has one along no axis: give at least one in axes`;
  if (axis !== undefined)
    return `constraint: axis ${axis} is no axis of '${name}' [${shape.join(", ")}]: use axes from 0 to ${shape.length - 1}`;
  return minimum >= 0 && maximum >= minimum && maximum > 0 && maximum < Infinity && rate >= 0 && rate <= 1
    ? undefined
    : `constraint: '${name}' is to have a norm from ${minimum} to ${maximum} at rate ${rate}: use 0 <= minimum <= maximum and a rate in [0, 1]`;
};
