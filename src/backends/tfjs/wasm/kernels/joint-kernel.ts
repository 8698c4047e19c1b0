/** What a kernel with several results is. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../errors.js";
import type { Callable } from "../assembler/index.js";
import { makeOutput, type KernelCall } from "./kernel.js";

export interface JointCall extends Omit<KernelCall, "output"> {
  readonly outputs: readonly KernelCall["output"][];
}

export interface JointKernel {
  readonly name: string;
  readonly run: (call: JointCall) => readonly TensorInfo[];
  /** The functions that it runs: one, or one for each kind of member. */
  readonly written: (call: JointCall) => readonly Callable[];
}

export const makeOutputs = (backend: BackendWasm, outputs: JointCall["outputs"]): readonly TensorInfo[] =>
  outputs.map((output) => makeOutput(backend, output));

/** A call without results is none. */
export const firstOf = ({ outputs: [first] }: JointCall): KernelCall["output"] => {
  invariant(first, "a joint call has results");
  return first;
};
