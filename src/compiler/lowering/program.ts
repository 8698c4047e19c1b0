/** A program: a flat list of steps over numbered slots, made once for a batch size. */
import type { ConcreteType, KernelCall } from "../../ops/operator.js";

export interface JointOutput {
  readonly slot: number;
  readonly type: ConcreteType;
  readonly node: number;
}

export type Step =
  /** Calls a kernel; its inputs are slots. */
  | {
      readonly kind: "call";
      readonly call: KernelCall;
      readonly inputs: readonly number[];
      readonly output: number;
      readonly type: ConcreteType;
      /** The node that it computes, for `explain` and profiles. */
      readonly node: number;
    }
  /** One call that computes several nodes. */
  | {
      readonly kind: "joint";
      readonly call: KernelCall;
      readonly inputs: readonly number[];
      readonly outputs: readonly JointOutput[];
    }
  /** Gives the same elements another shape; no kernel runs. */
  | {
      readonly kind: "view";
      readonly input: number;
      readonly output: number;
      readonly type: ConcreteType;
      readonly node: number;
    }
  /** Releases a slot after its last reader. */
  | { readonly kind: "free"; readonly slot: number };

/** What a program is given: a batch, a weight, a state. */
export interface Feed {
  readonly kind: "input" | "parameter" | "state";
  readonly name: string;
  readonly slot: number;
  readonly type: ConcreteType;
}

export interface ProgramOutput {
  readonly kind: "result" | "update";
  readonly name: string;
  readonly slot: number;
  readonly type: ConcreteType;
}

export interface Program {
  readonly batch: number;
  readonly slots: number;
  readonly feeds: readonly Feed[];
  /** Steps that depend only on what is stable (constants; in inference the weights too): run once, their results kept. */
  readonly prepare: readonly Step[];
  /** Slots that `prepare` fills and `steps` read. */
  readonly prepared: readonly number[];
  readonly steps: readonly Step[];
  readonly outputs: readonly ProgramOutput[];
}

/** The slots that a step fills. */
export const fillsOf = (step: Step): readonly number[] =>
  step.kind === "free" ? [] : step.kind === "joint" ? step.outputs.map(({ slot }) => slot) : [step.output];

/** The slots that a step reads; an input of a node that its call does not use is not among them. */
export const readsOf = (step: Step): readonly number[] => {
  if (step.kind === "free") return [];
  if (step.kind === "view") return [step.input];
  const used = Array.isArray(step.call.inputs) ? step.call.inputs : Object.values(step.call.inputs);
  return used.map((index: number) => step.inputs[index]).filter((slot) => slot !== undefined);
};
