/** What a backend says of itself to the compiler: which operators it has, what it does badly, what it fuses. */
import type { Attributes, Node } from "./ir/graph.js";
import type { FusedStage, InputForm, KernelCall, KernelRequest, Operator } from "../ops/operator.js";

export interface FormulaKernels {
  /** How many inputs one may read. */
  readonly inputs: number;
  /** Whether one call may compute several formulas, and over several tensors. */
  readonly joint?: boolean | undefined;
}

export interface Target {
  readonly name: string;
  /** Whether the backend runs this operator on these types; what it has not must be decomposed. */
  readonly has: (operator: Operator, request: KernelRequest<Attributes>) => boolean;
  /** Operators that the backend has but does badly: decomposed where they can be. */
  readonly avoids: ReadonlySet<string>;
  /** Whether the kernels of this operator can take these stages after it. */
  readonly fuses: (root: Operator, stages: readonly FusedStage[]) => boolean;
  /** Present where the backend makes one kernel of any formula. */
  readonly formulas?: FormulaKernels | undefined;
}

/** A target whose operators are calls of kernels, one after the other. */
export interface KernelTarget extends Target {
  /** The call that runs an operator on these types; undefined when the backend has none. */
  readonly call: (operator: Operator, request: KernelRequest<Attributes>) => KernelCall | undefined;
  /** Attributes with which a form of a moved value is made of the value before the move, where it can be: no call for the move. */
  readonly formBefore?: ((form: InputForm, move: Pick<Node, "op" | "attrs">) => Attributes | undefined) | undefined;
}

/** A target that has what it has a call for. */
export const kernelTarget = (target: Omit<KernelTarget, "has">): KernelTarget => ({
  ...target,
  has: (operator, request) => target.call(operator, request) !== undefined,
});
