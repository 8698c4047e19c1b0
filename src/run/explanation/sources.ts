/** The code of the kernels that were written for a program's formulas, by the node that a call computes. */
import type { Device } from "../../backends/backend.js";
import type { Program, Step } from "../../compiler/lowering/program.js";
import { typesOf } from "./work.js";

export interface NodeSource {
  /** Nothing where the backend does not show it, or the kernel is the same for every formula. */
  readonly code: () => string | undefined;
  /** Other nodes that the same call computes. */
  readonly together: number;
  /** The call's attributes: a product's say its formula. */
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Nothing for a node that no call computes, or whose backend takes whole graphs. */
export const kernelSources = (
  program: Program | undefined,
  device: Device,
): ((node: number) => NodeSource | undefined) => {
  if (program === undefined || device.kind !== "kernels") return () => undefined;
  const { sourceOf } = device;
  const types = typesOf(program);
  const steps = new Map<number, Step & { readonly kind: "call" | "joint" }>();
  for (const step of program.steps) {
    if (step.kind === "call" && step.output === step.node) steps.set(step.node, step);
    if (step.kind === "joint") for (const { node } of step.outputs) steps.set(node, step);
  }
  return (node) => {
    const step = steps.get(node);
    if (step === undefined) return undefined;
    const inputs = step.inputs.map((slot) => types.get(slot) ?? { dtype: "f32" as const, shape: [] });
    const outputs = step.kind === "call" ? [step.type] : step.outputs.map(({ type }) => type);
    return {
      code: () => sourceOf?.(step.call, inputs, outputs),
      together: outputs.length - 1,
      attrs: step.call.attrs,
    };
  };
};
