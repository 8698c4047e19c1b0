/** A device on a TensorFlow.js backend: calls registered kernel functions directly, on data ids; the engine and its tape are not used. */
import { getKernel, type KernelBackend, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../errors.js";
import type { KernelTarget } from "../../compiler/target.js";
import type { ConcreteType, KernelCall } from "../../ops/operator.js";
import type { BoundCall, BoundJointCall, Buffer, InputTypes, KernelDevice, MemoryUse, Numbers } from "../backend.js";

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

const dtypeOf = { f32: "float32", i32: "int32" } as const;

/** Stands for the data of a tensor that has none yet. */
const noData = {};

/** What a kernel sees of a buffer of this type, before there is one. */
const infoOf = ({ dtype, shape }: ConcreteType, as: readonly number[] = shape): TensorInfo => ({
  dataId: noData,
  shape: [...as],
  dtype: dtypeOf[dtype],
});

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
    options.sources?.[call.kernel]?.(
      orderedArguments(call, types).map(({ info }) => info),
      outputs,
      call.attrs,
    ),
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

const isList = (inputs: KernelCall["inputs"]): inputs is readonly number[] => Array.isArray(inputs);

/** A tensor that a kernel reads, and the number of the input that gives it its data at each run. */
interface Argument {
  readonly info: TensorInfo;
  readonly index: number;
}

const argumentOf = (types: InputTypes, index: number, shape?: readonly number[]): Argument => {
  const type = types[index];
  invariant(type, `the call has no input ${index}`);
  return { info: infoOf(type, shape), index };
};

const orderedArguments = ({ inputs }: KernelCall, types: InputTypes): readonly Argument[] =>
  (isList(inputs) ? inputs : Object.values(inputs)).map((index) => argumentOf(types, index));

const namedArguments = ({ inputs, shapes = {} }: KernelCall, types: InputTypes): ReadonlyMap<string, Argument> =>
  new Map(
    Object.entries(inputs).map(([argument, index]: [string, number]) => [
      argument,
      argumentOf(types, index, shapes[argument]),
    ]),
  );

/** Gives the tensors their data. */
const feed = (args: readonly Argument[], buffers: readonly Buffer[]): void => {
  for (const { info, index } of args) {
    const buffer = buffers[index];
    invariant(buffer, `the call has no input ${index}`);
    info.dataId = buffer.handle;
  }
};

/** Makes calls of kernels ready: what they see of their tensors is made once, and takes other data at each run. */
export const bindCall =
  (options: TfjsDeviceOptions): NonNullable<KernelDevice["bind"]> =>
  (call, types, type): BoundCall => {
    const own = options.ownKernels[call.kernel];
    if (own === undefined) return bindRegistered(options, call, types, type);
    const args = orderedArguments(call, types);
    const infos = args.map(({ info }) => info);
    return (buffers) => {
      feed(args, buffers);
      return { type, handle: own(infos, type, call.attrs).dataId };
    };
  };

/** As {@link bindCall}, for kernels with several results. */
export const bindJointCall =
  ({ jointKernels = {} }: TfjsDeviceOptions): NonNullable<KernelDevice["bindJoint"]> =>
  (call, types, outputs): BoundJointCall => {
    const kernel = jointKernels[call.kernel];
    invariant(kernel, `there is no kernel ${call.kernel}`);
    const args = orderedArguments(call, types);
    const infos = args.map(({ info }) => info);
    return (buffers) => {
      feed(args, buffers);
      return kernel(infos, outputs, call.attrs).map(({ dataId }, index) => {
        const type = outputs[index];
        invariant(type, `${call.kernel} gives a result for each type`);
        return { type, handle: dataId };
      });
    };
  };

const bindRegistered = (
  { name, backend }: TfjsDeviceOptions,
  call: KernelCall,
  types: InputTypes,
  type: ConcreteType,
): BoundCall => {
  const kernel = getKernel(call.kernel, name);
  invariant(kernel, `the ${name} backend has no kernel ${call.kernel}`);
  const named = isList(call.inputs) ? undefined : namedArguments(call, types);
  const args = named === undefined ? orderedArguments(call, types) : [...named.values()];
  // Sound: kernels that take a list are declared with a map as well, and read it by index (Concat); attributes are JSON.
  const inputs = (
    named === undefined
      ? args.map(({ info }) => info)
      : Object.fromEntries([...named].map(([argument, { info }]) => [argument, info]))
  ) as Record<string, TensorInfo>;
  const copied: Record<string, unknown> = { ...call.attrs };
  const attrs = copied as NamedAttrMap;
  return (buffers) => {
    feed(args, buffers);
    const result = kernel.kernelFunc({ inputs, attrs, backend });
    invariant(!Array.isArray(result), `${call.kernel} gave several results`);
    return { type, handle: result.dataId };
  };
};
