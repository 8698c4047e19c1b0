/** Steps of a program as lines of text. */
import type { Step } from "../../compiler/lowering/program.js";

/** `%7, %8 = elementwiseJoint(%4, %5) [16], [16]`. */
const jointText = ({ call, inputs, outputs }: Step & { readonly kind: "joint" }): string => {
  const made = outputs.map(({ slot }) => `%${slot}`).join(", ");
  const shapes = outputs.map(({ type }) => `[${type.shape.join(", ")}]`).join(", ");
  return `${made} = ${call.kernel}(${inputs.map((slot) => `%${slot}`).join(", ")}) ${shapes} ${JSON.stringify(call.attrs)}`;
};

/** `%7 = FusedConv2D(%4, %5, %6) [2, 11, 11, 64]`, `%9 = view(%8)`, `free %4`. */
export const stepText = (step: Step): string => {
  if (step.kind === "free") return `free %${step.slot}`;
  if (step.kind === "joint") return jointText(step);
  const shape = `[${step.type.shape.join(", ")}]`;
  if (step.kind === "view") return `%${step.output} = view(%${step.input}) ${shape}`;
  const used = Array.isArray(step.call.inputs) ? step.call.inputs : Object.values(step.call.inputs);
  const inputs = used.map((index: number) => `%${step.inputs[index] ?? "?"}`).join(", ");
  const attrs = Object.keys(step.call.attrs).length === 0 ? "" : ` ${JSON.stringify(step.call.attrs)}`;
  return `%${step.output} = ${step.call.kernel}(${inputs}) ${shape}${attrs}`;
};
