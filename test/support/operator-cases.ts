/** The cases on which an operator is tried: its reference's, or for an elementwise one those that follow from its worked examples. */
import type { Operator, OperatorCase } from "../../src/ops/operator.js";
import { references } from "../../src/ops/references.js";
import { workedExamples } from "./fixtures.js";

/** Cases of elementwise operators follow from their arity and the attributes of their worked examples. */
export const casesOf = ({ name, traits }: Operator): readonly OperatorCase[] => {
  if (!traits.includes("elementwise")) return references.get(name)?.cases ?? [];
  return (workedExamples(name) ?? []).slice(0, 2).flatMap(({ attrs, inputs }) => [
    { attrs, inputs: inputs.map(() => "f32[7]"), fill: inputs.map(() => "positive" as const) },
    {
      attrs,
      inputs: inputs.map((_, i) => (i === 0 ? "f32[3, 4, 5]" : "f32[5]")),
      fill: inputs.map((_, i) => (i === 0 ? undefined : ("positive" as const))),
    },
  ]);
};
