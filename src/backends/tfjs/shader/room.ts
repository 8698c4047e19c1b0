/** What a GPU has no room for is refused before it is asked for, with the size and what to lower. */
import { SvertkaFailure, mistake, type SvertkaError } from "../../../errors.js";
import type { ConcreteType } from "../../../ops/operator.js";
import type { KernelDevice } from "../../backend.js";

const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/** The error of a run that needs more than there is; `what` says of what shape, or all of a program. */
export const noRoom = (name: string, what: string, bytes: number): SvertkaError =>
  mistake(
    "BackendFailed",
    name,
    `${name}: out of memory on the GPU: no room for ${what}, ${sizeText(bytes)}: use a smaller batch, or a smaller model`,
  );

export interface Room {
  readonly name: string;
  /** Bytes of the largest tensor that the GPU can address. */
  readonly largest: number;
  /** Whether a kernel threw since a tensor of its own does not fit. */
  readonly isFull?: (thrown: unknown) => boolean;
}

/** The device, whose uploads and calls throw the failure where a tensor does not fit; the runners turn it into a value. */
export const withRoom = (device: KernelDevice, { name, largest, isFull }: Room): KernelDevice => {
  const fitted = <A>({ shape }: ConcreteType, run: () => A): A => {
    const bytes = shape.reduce((product, size) => product * size, 4);
    const full = (): SvertkaFailure => new SvertkaFailure(noRoom(name, `[${shape.join(", ")}]`, bytes));
    if (bytes > largest) throw full();
    try {
      return run();
    } catch (thrown) {
      throw isFull?.(thrown) === true ? full() : thrown;
    }
  };
  return {
    ...device,
    upload: (numbers, type) => fitted(type, () => device.upload(numbers, type)),
    call: (call, inputs, type) => fitted(type, () => device.call(call, inputs, type)),
  };
};
