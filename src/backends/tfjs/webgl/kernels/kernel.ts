/** What an own kernel of the webgl backend is: a fragment shader that TensorFlow.js's backend runs. */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { ConcreteType } from "../../../../ops/operator.js";
import type { OwnKernel } from "../../device.js";
import type { WebglBackend } from "../library.js";

/** A program as TensorFlow.js takes it (`GPGPUProgram`). */
export interface WebglProgram {
  readonly variableNames: string[];
  readonly outputShape: number[];
  readonly userCode: string;
  /** Packed textures hold 2 × 2 elements in each texel. */
  readonly packedInputs?: boolean;
  readonly packedOutput?: boolean;
  readonly customUniforms?: { name: string; type: "ivec2" }[];
}

export type WebglKernel = (backend: WebglBackend) => OwnKernel;

const dtypeOf = { f32: "float32", i32: "int32" } as const;

/** Runs a program; the result has the type asked for, whatever shape the program writes it in. */
export const runProgram = (
  backend: WebglBackend,
  program: WebglProgram,
  inputs: readonly TensorInfo[],
  { dtype, shape }: ConcreteType,
  uniforms?: number[][],
): TensorInfo => ({
  ...backend.runWebGLProgram(program, [...inputs], dtypeOf[dtype], uniforms),
  shape: [...shape],
});
