/** A device on a TensorFlow.js backend: calls registered kernel functions directly, on data ids; the engine and its tape are not used. */
import { getKernel, type KernelBackend, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../errors.js";
import type { KernelTarget } from "../../compiler/target.js";
import type { ConcreteType, KernelCall } from "../../ops/operator.js";
import type { Buffer, KernelDevice, MemoryUse, Numbers } from "../backend.js";

/** One of our own kernels; it gives a new buffer. */
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

const dtypeOf = { f32: "float32", i32: "int32" } as const;

/** What a kernel sees of a buffer. */
const infoOf = ({ type, handle }: Buffer, shape: readonly number[] = type.shape): TensorInfo => ({
  dataId: handle,
  shape: [...shape],
  dtype: dtypeOf[type.dtype],
});

/** A copy in the element type of the device. */
const numbersFor = (numbers: Numbers, { dtype }: ConcreteType): Float32Array | Int32Array =>
  dtype === "i32" ? Int32Array.from(numbers) : Float32Array.from(numbers);

export const tfjsDevice = ({
  name,
  backend,
  target,
  ownKernels,
  jointKernels,
  sources = {},
  memory,
}: TfjsDeviceOptions): KernelDevice => ({
  kind: "kernels",
  name,
  target,
  upload: (numbers, type) => ({
    type,
    handle: backend.write(numbersFor(numbers, type), [...type.shape], dtypeOf[type.dtype]),
  }),
  read: async ({ handle, type }) => numbersFor(asNumbers(await backend.read(handle)), type),
  call: (call, inputs, type) => {
    const own = ownKernels[call.kernel];
    const made =
      own === undefined
        ? callRegistered(name, backend, call, inputs)
        : own(orderedInputs(call, inputs), type, call.attrs);
    return { type, handle: made.dataId };
  },
  ...(jointKernels === undefined ? {} : { callJoint: callerOfJoint(jointKernels) }),
  sourceOf: (call, types, outputs) =>
    sources[call.kernel]?.(
      orderedInputs(
        call,
        types.map((type) => ({ type, handle: {} })),
      ),
      outputs,
      call.attrs,
    ),
  view: ({ handle }, type) => {
    backend.incRef(handle);
    return { type, handle };
  },
  retain: (buffer) => {
    backend.incRef(buffer.handle);
    return buffer;
  },
  release: ({ handle }) => void backend.disposeData(handle),
  memory,
});

const callerOfJoint =
  (kernels: NonNullable<TfjsDeviceOptions["jointKernels"]>): NonNullable<KernelDevice["callJoint"]> =>
  (call, inputs, types) => {
    const kernel = kernels[call.kernel];
    invariant(kernel, `there is no kernel ${call.kernel}`);
    const made = kernel(orderedInputs(call, inputs), types, call.attrs);
    return made.map(({ dataId }, index) => {
      const type = types[index];
      invariant(type, `${call.kernel} gives a result for each type`);
      return { type, handle: dataId };
    });
  };

const asNumbers = (values: unknown): Numbers => {
  invariant(
    values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array,
    "a kernel gave strings",
  );
  return values instanceof Uint8Array ? Int32Array.from(values) : values;
};

const inputAt = (inputs: readonly Buffer[], index: number): Buffer => {
  const buffer = inputs[index];
  invariant(buffer, `the call has no input ${index}`);
  return buffer;
};

const isList = (inputs: KernelCall["inputs"]): inputs is readonly number[] => Array.isArray(inputs);

const orderedInputs = ({ inputs }: KernelCall, buffers: readonly Buffer[]): readonly TensorInfo[] =>
  (isList(inputs) ? inputs : Object.values(inputs)).map((index) => infoOf(inputAt(buffers, index)));

const namedInputs = ({ inputs, shapes = {} }: KernelCall, buffers: readonly Buffer[]): Record<string, TensorInfo> =>
  Object.fromEntries(
    Object.entries(inputs).map(([argument, index]: [string, number]) => [
      argument,
      infoOf(inputAt(buffers, index), shapes[argument]),
    ]),
  );

const callRegistered = (
  name: string,
  backend: KernelBackend,
  call: KernelCall,
  buffers: readonly Buffer[],
): TensorInfo => {
  const kernel = getKernel(call.kernel, name);
  invariant(kernel, `the ${name} backend has no kernel ${call.kernel}`);
  const inputs = isList(call.inputs) ? orderedInputs(call, buffers) : namedInputs(call, buffers);
  // Sound: kernels that take a list are declared with a map as well, and read it by index (Concat); attributes are JSON.
  const attrs: Record<string, unknown> = { ...call.attrs };
  const result = kernel.kernelFunc({
    inputs: inputs as Record<string, TensorInfo>,
    attrs: attrs as NamedAttrMap,
    backend,
  });
  invariant(!Array.isArray(result), `${call.kernel} gave several results`);
  return result;
};
