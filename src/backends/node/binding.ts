/** The part of @tensorflow/tfjs-node's native addon that is used: tensors by number, and sessions of saved models. */

/** A tensor that the addon holds. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: readonly number[];
  /** TensorFlow's number of the element type. */
  readonly dtype: number;
}

/** Every call throws an `Error` with TensorFlow's message, cut at 500 characters. */
export interface TensorFlowBinding {
  readonly createTensor: (shape: readonly number[], dtype: number, numbers: Float32Array | Int32Array) => number;
  readonly deleteTensor: (id: number) => void;
  /** A copy. */
  readonly tensorDataSync: (id: number) => Float32Array | Int32Array | Uint8Array;
  /** The number of the session. */
  readonly loadSavedModel: (folder: string, tags: string) => number;
  readonly deleteSavedModel: (session: number) => void;
  /** Names are `node:output`, with commas between. */
  readonly runSavedModel: (
    session: number,
    fed: readonly number[],
    inputs: string,
    outputs: string,
  ) => readonly NativeTensor[];
  readonly isUsingGpuDevice: () => boolean;
  readonly getNumOfTensors: () => number;
  readonly getNumOfSavedModels: () => number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_Version: string;
}

const functions: readonly string[] = [
  "createTensor",
  "deleteTensor",
  "tensorDataSync",
  "loadSavedModel",
  "deleteSavedModel",
  "runSavedModel",
  "isUsingGpuDevice",
] satisfies readonly (keyof TensorFlowBinding)[];

/** Whether what was loaded has the calls that are needed. */
export const isBinding = (value: unknown): value is TensorFlowBinding => {
  if (typeof value !== "object" || value === null) return false;
  // The addon's properties are not enumerable.
  return functions.every((name) => typeof Reflect.get(value, name) === "function") && "TF_FLOAT" in value;
};
