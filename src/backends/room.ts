/** What a device has no room for is refused, before it is asked for where that is known, with the size and what to lower. */
import { SvertkaFailure, mistake, type SvertkaError } from "../errors.js";
import type { ConcreteType } from "../ops/operator.js";
import { aroundCalls, type Guard } from "./around-calls.js";
import type { KernelDevice } from "./backend.js";

const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/** A backend, and the memory that it computes in, as in "on the GPU". */
export interface Place {
  readonly name: string;
  readonly where: string;
}

/** The error of a run that needs more than there is; `what` says of what shape, or all of a program. */
export const noRoom = ({ name, where }: Place, what: string, bytes: number): SvertkaError =>
  mistake(
    "BackendFailed",
    name,
    `${name}: out of memory ${where}: no room for ${what}, ${sizeText(bytes)}: use a smaller batch, or a smaller model`,
  );

export interface Room extends Place {
  /** Bytes of an element; 4 when not given. */
  readonly elementBytes?: number;
  /** Bytes of the largest tensor that the device can address. */
  readonly largest: number;
  /** Whether a kernel threw since a tensor of its own does not fit. */
  readonly isFull?: (thrown: unknown) => boolean;
}

/** What JavaScript throws where an array is larger than it allows, or than the machine has. */
export const isFullOfArrays = (thrown: unknown): boolean =>
  thrown instanceof RangeError && /array (?:buffer allocation|length)|allocation failed/i.test(thrown.message);

/** The device, whose uploads and calls throw the failure where a tensor does not fit; the runners turn it into a value. */
export const withRoom = (device: KernelDevice, room: Room): KernelDevice => {
  const { elementBytes = 4, largest, isFull } = room;
  const guardOf = (types: readonly ConcreteType[]): Guard => {
    let [bytes, asked]: readonly [number, readonly number[]] = [0, []];
    for (const { shape } of types) {
      const size = shape.reduce((product, length) => product * length, elementBytes);
      if (size > bytes) [bytes, asked] = [size, shape];
    }
    const full = (): SvertkaFailure => new SvertkaFailure(noRoom(room, `[${asked.join(", ")}]`, bytes));
    return (run) => {
      if (bytes > largest) throw full();
      try {
        return run();
      } catch (thrown) {
        throw isFull?.(thrown) === true ? full() : thrown;
      }
    };
  };
  return aroundCalls(device, guardOf);
};
