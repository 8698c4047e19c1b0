/** What a kernel with several results is. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { makeOutput, type KernelCall } from "./kernel.js";

export interface JointCall extends Omit<KernelCall, "output"> {
  readonly outputs: readonly KernelCall["output"][];
}

export interface JointKernel {
  readonly name: string;
  readonly run: (call: JointCall) => readonly TensorInfo[];
}

export const makeOutputs = (backend: BackendWasm, outputs: JointCall["outputs"]): readonly TensorInfo[] =>
  outputs.map((output) => makeOutput(backend, output));
