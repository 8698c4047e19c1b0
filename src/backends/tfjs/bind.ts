/** Calls of kernels made ready: what a kernel sees of its tensors is made once for a program, and takes other data at each run. */
import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../errors.js";
import type { ConcreteType, KernelCall } from "../../ops/operator.js";
import type { BoundCall, BoundJointCall, Buffer, InputTypes, KernelDevice } from "../backend.js";
import type { TfjsDeviceOptions } from "./device.js";

/** TensorFlow.js's names of the element types. */
export const dtypeOf = { f32: "float32", i32: "int32" } as const;

/** Stands for the data of a tensor that has none yet. */
const noData = {};

/** What a kernel sees of a buffer of this type, before there is one. */
const infoOf = ({ dtype, shape }: ConcreteType, as: readonly number[] = shape): TensorInfo => ({
  dataId: noData,
  shape: [...as],
  dtype: dtypeOf[dtype],
});

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

/** The tensors of a call as its kernel sees them, in its order, before they have data. */
export const orderedTensors = (call: KernelCall, types: InputTypes): readonly TensorInfo[] =>
  orderedArguments(call, types).map(({ info }) => info);

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

/** See `bind` of a kernel device. */
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
