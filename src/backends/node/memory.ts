/** Tensors of the addon under reference counts, and how much there is of them. */
import type { ConcreteType } from "../../ops/operator.js";
import type { Buffer, MemoryUse, Numbers } from "../backend.js";
import type { TensorFlowBinding } from "./binding.js";
import { storageOf, tensorsOf, type Held, type Storage } from "./storage.js";

export interface Memory {
  readonly binding: TensorFlowBinding;
  readonly upload: (numbers: Numbers, type: ConcreteType) => Buffer;
  readonly read: (buffer: Buffer) => Numbers;
  /** A whole number as a tensor; the caller deletes it. */
  readonly scalar: (value: number) => number;
  /** A tensor that a run gave. */
  readonly wrap: (tensor: number, type: ConcreteType) => Buffer;
  /** A value that a variable holds. */
  readonly hold: (type: ConcreteType, held: Held) => Buffer;
  readonly retain: (buffer: Buffer) => Buffer;
  readonly release: (buffer: Buffer) => void;
  readonly use: () => MemoryUse;
}

const bytesOf = ({ shape }: ConcreteType): number => shape.reduce((a, b) => a * b, 4);

export const makeMemory = (binding: TensorFlowBinding): Memory => {
  let buffers = 0;
  let bytes = 0;
  const track = (type: ConcreteType, tensor: number | undefined, held: Held | undefined): Buffer => {
    const storage: Storage = { bytes: bytesOf(type), references: 1, tensor, held };
    buffers += 1;
    bytes += storage.bytes;
    return { type, handle: storage };
  };
  return {
    binding,
    upload: (numbers, { dtype, shape }) => {
      // A copy, since the tensor may lie in the array's own memory.
      const tensor =
        dtype === "i32"
          ? binding.createTensor(shape, binding.TF_INT32, Int32Array.from(numbers))
          : binding.createTensor(shape, binding.TF_FLOAT, Float32Array.from(numbers));
      return track({ dtype, shape }, tensor, undefined);
    },
    read: (buffer) => {
      const [tensor = 0] = tensorsOf([storageOf(buffer)]);
      const numbers = binding.tensorDataSync(tensor);
      return numbers instanceof Uint8Array ? Int32Array.from(numbers) : numbers;
    },
    scalar: (value) => binding.createTensor([], binding.TF_INT32, Int32Array.of(value)),
    wrap: (tensor, type) => track(type, tensor, undefined),
    hold: (type, held) => track(type, undefined, held),
    retain: (buffer) => {
      storageOf(buffer).references++;
      return buffer;
    },
    release: (buffer) => {
      const storage = storageOf(buffer);
      storage.references--;
      if (storage.references > 0) return;
      buffers -= 1;
      bytes -= storage.bytes;
      if (storage.tensor !== undefined) binding.deleteTensor(storage.tensor);
      storage.tensor = undefined;
    },
    use: () => ({ buffers, bytes }),
  };
};
