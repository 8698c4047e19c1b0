/** `reduceJoint`: several folds of the same values in one pass over them. Attributes `members` and `axes`. */
import { invariant } from "../../../../errors.js";
import { firstOf, makeOutputs, type JointKernel } from "./joint-kernel.js";
import { addressOf, planner, sizeOf } from "./kernel.js";
import { planReduction, runReduction, type Folds, type ReductionPlan } from "./reduce-formula.js";

const isMember = (value: unknown): value is Folds["members"][number] =>
  typeof value === "object" &&
  value !== null &&
  "formula" in value &&
  "by" in value &&
  (value.by === "sum" || value.by === "mean" || value.by === "max");

const planOf = planner((call): ReductionPlan => {
  const { members, axes } = call.attributes;
  invariant(Array.isArray(members) && members.every(isMember) && Array.isArray(axes), "attributes of reduceJoint");
  return planReduction(call, { members, axes: axes.map(Number) });
});

export const reduceJoint: JointKernel = {
  name: "reduceJoint",
  written: (call) => [planOf({ ...call, output: firstOf(call) }).run],
  run: (call) => {
    const { backend, inputs, outputs, attributes } = call;
    const first = firstOf(call);
    const made = makeOutputs(backend, outputs);
    const size = sizeOf(first.shape);
    if (size === 0) return made;
    const plan = planOf({ backend, inputs, output: first, attributes });
    const bases = inputs.map((input) => addressOf(backend, input));
    runReduction(backend, plan, bases, { outs: made.map((output) => addressOf(backend, output)), size });
    return made;
  },
};
