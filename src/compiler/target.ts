/** What a backend says of itself to the compiler: which calls it has, what it does badly, what it fuses. */
import type { Stage } from "./ir/graph.js";
import type { KernelCall, KernelRequest, Operator } from "../ops/operator.js";
import type { Attributes } from "./ir/graph.js";

export interface Target {
  readonly name: string;
  /** The call that runs an operator on these types; undefined when the backend has none, so that it must be decomposed. */
  readonly call: (operator: Operator, request: KernelRequest<Attributes>) => KernelCall | undefined;
  /** Operators that the backend has but does badly: decomposed where they can be. */
  readonly avoids: ReadonlySet<string>;
  /** Whether the kernels of this operator can take these stages after it. */
  readonly fuses: (root: Operator, stages: readonly Stage[]) => boolean;
}
