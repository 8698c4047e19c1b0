/** A device whose uploads and calls go through a guard, however they are made: what a guard takes from the types it takes once for a bound call. */
import type { ConcreteType } from "../ops/operator.js";
import type { KernelDevice } from "./backend.js";

/** Runs what uploads or computes tensors of some types. */
export type Guard = <A>(run: () => A) => A;

export const aroundCalls = (device: KernelDevice, guardOf: (types: readonly ConcreteType[]) => Guard): KernelDevice => {
  const { callJoint, bind, bindJoint } = device;
  return {
    ...device,
    upload: (numbers, type) => guardOf([type])(() => device.upload(numbers, type)),
    call: (call, inputs, type) => guardOf([type])(() => device.call(call, inputs, type)),
    ...(callJoint && {
      callJoint: (call, inputs, types) => guardOf(types)(() => callJoint(call, inputs, types)),
    }),
    ...(bind && {
      bind: (call, inputs, type) => {
        const [guard, bound] = [guardOf([type]), bind(call, inputs, type)];
        return (buffers) => guard(() => bound(buffers));
      },
    }),
    ...(bindJoint && {
      bindJoint: (call, inputs, types) => {
        const [guard, bound] = [guardOf(types), bindJoint(call, inputs, types)];
        return (buffers) => guard(() => bound(buffers));
      },
    }),
  };
};
