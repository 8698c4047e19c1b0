/** What an own kernel of the webgpu backend is: a compute shader, one thread an element, that TensorFlow.js's backend runs. */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { ConcreteType } from "../../../../ops/operator.js";
import type { OwnKernel } from "../../device.js";
import type { WebgpuBackend } from "../library.js";

export type WebgpuKernel = (backend: WebgpuBackend) => OwnKernel;

/** What makes a shader; equal keys mean equal code. */
export interface Shader {
  readonly key: string;
  readonly variableNames: readonly string[];
  /** Fields of the uniforms beside TensorFlow.js's own. */
  readonly uniforms?: string;
  /** Functions, and `fn main(index : i32)`. */
  readonly code: string;
}

type Uniform = { type: string; data: number[] };

const dtypeOf = { f32: "float32", i32: "int32" } as const;

const threads = 64;

/** Runs a shader for each element of the output. */
export const runShader = (
  backend: WebgpuBackend,
  { key, variableNames, uniforms, code }: Shader,
  inputs: readonly TensorInfo[],
  { dtype, shape }: ConcreteType,
  values?: Uniform[],
): TensorInfo => {
  const size = shape.reduce((a, b) => a * b, 1);
  // TensorFlow.js writes into the program that it runs, so each run has one of its own.
  const program = {
    variableNames: [...variableNames],
    outputShape: [...shape],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(size / threads), 1, 1] as [number, number, number],
    workgroupSize: [threads, 1, 1] as [number, number, number],
    shaderKey: key,
    size: true,
    ...(uniforms === undefined ? {} : { uniforms }),
    getUserCode: () => code,
  };
  return backend.runWebGPUProgram(program, [...inputs], dtypeOf[dtype], values);
};
