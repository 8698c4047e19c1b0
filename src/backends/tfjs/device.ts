/** A device on a TensorFlow.js backend: calls registered kernel functions directly, on data ids; the engine and its tape are not used. */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../errors.js";
import type { KernelTarget } from "../../compiler/target.js";
import type { ConcreteType, KernelCall } from "../../ops/operator.js";
import type { Buffer, KernelDevice, MemoryUse, Numbers } from "../backend.js";
import { bindCall, bindJointCall, dtypeOf, orderedTensors } from "./bind.js";

/** One of our own kernels; it gives a new buffer. A bound call hands it the same list of inputs each time, with other data. */
export type OwnKernel = (inputs: readonly TensorInfo[], output: ConcreteType, attrs: KernelCall["attrs"]) => TensorInfo;

/** One of our own kernels with several results. */
export type OwnJointKernel = (
  inputs: readonly TensorInfo[],
  outputs: readonly ConcreteType[],
  attrs: KernelCall["attrs"],
) => readonly TensorInfo[];

/** The code of a kernel for inputs and results of these types. */
export type KernelSource = (
  inputs: readonly TensorInfo[],
  outputs: readonly ConcreteType[],
  attrs: KernelCall["attrs"],
) => string;

export interface TfjsDeviceOptions {
  /** The name under which the kernels are registered. */
  readonly name: string;
  readonly backend: KernelBackend;
  readonly target: KernelTarget;
  readonly ownKernels: Readonly<Record<string, OwnKernel>>;
  /** Those with several results, where there are some. */
  readonly jointKernels?: Readonly<Record<string, OwnJointKernel>>;
  /** The code of those that are written for a formula. */
  readonly sources?: Readonly<Record<string, KernelSource>>;
  readonly memory: () => MemoryUse;
}

/** A copy in the element type of the device. */
const numbersFor = (numbers: Numbers, { dtype }: ConcreteType): Float32Array | Int32Array =>
  dtype === "i32" ? new Int32Array(numbers) : new Float32Array(numbers);

export const tfjsDevice = (options: TfjsDeviceOptions): KernelDevice => ({
  kind: "kernels",
  name: options.name,
  target: options.target,
  upload: (numbers, type) => ({
    type,
    handle: options.backend.write(numbersFor(numbers, type), [...type.shape], dtypeOf[type.dtype]),
  }),
  read: async ({ handle, type }) => numbersFor(asNumbers(await options.backend.read(handle)), type),
  call: (call, inputs, type) => bindCall(options)(call, inputs.map(typeOf), type)(inputs),
  ...(options.jointKernels === undefined
    ? {}
    : { callJoint: (call, inputs, types) => bindJointCall(options)(call, inputs.map(typeOf), types)(inputs) }),
  sourceOf: (call, types, outputs) =>
    options.sources?.[call.kernel]?.(orderedTensors(call, types), outputs, call.attrs),
  view: ({ handle }, type) => {
    options.backend.incRef(handle);
    return { type, handle };
  },
  retain: (buffer) => {
    options.backend.incRef(buffer.handle);
    return buffer;
  },
  release: ({ handle }) => void options.backend.disposeData(handle),
  memory: options.memory,
});

const typeOf = ({ type }: Buffer): ConcreteType => type;

const asNumbers = (values: unknown): Numbers => {
  invariant(
    values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array,
    "a kernel gave strings",
  );
  return values instanceof Uint8Array ? Int32Array.from(values) : values;
};
