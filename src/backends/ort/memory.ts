/** The memory of the ort backend: typed arrays with a reference count. */
import { invariant } from "../../errors.js";
import type { ConcreteType } from "../../ops/operator.js";
import type { Buffer, MemoryUse, Numbers } from "../backend.js";

interface Storage {
  readonly data: Float32Array | Int32Array;
  references: number;
}

const isStorage = (handle: object): handle is Storage => "references" in handle && "data" in handle;

const storageOf = ({ handle }: Buffer): Storage => {
  invariant(isStorage(handle), "this buffer is not one of the ort backend");
  invariant(handle.references > 0, "this buffer was released before");
  return handle;
};

export const numbersOf = (buffer: Buffer): Float32Array | Int32Array => storageOf(buffer).data;

// Of the same kind `slice` copies at once; `from` goes number by number.
const wholeCopy = (numbers: Numbers): Int32Array =>
  numbers instanceof Int32Array ? numbers.slice() : Int32Array.from(numbers);
const floatCopy = (numbers: Numbers): Float32Array =>
  numbers instanceof Float32Array ? numbers.slice() : Float32Array.from(numbers);

export interface Memory {
  readonly upload: (numbers: Numbers, type: ConcreteType) => Buffer;
  /** Takes an array as it is. */
  readonly own: (data: Float32Array | Int32Array, type: ConcreteType) => Buffer;
  readonly retain: (buffer: Buffer) => Buffer;
  readonly release: (buffer: Buffer) => void;
  readonly use: () => MemoryUse;
}

export const memory = (): Memory => {
  let buffers = 0;
  let bytes = 0;
  const own = (data: Float32Array | Int32Array, type: ConcreteType): Buffer => {
    buffers++;
    bytes += data.byteLength;
    const storage: Storage = { data, references: 1 };
    return { type, handle: storage };
  };
  return {
    own,
    upload: (numbers, type) => own(type.dtype === "i32" ? wholeCopy(numbers) : floatCopy(numbers), type),
    retain: (buffer) => {
      storageOf(buffer).references++;
      return buffer;
    },
    release: (buffer) => {
      const storage = storageOf(buffer);
      storage.references--;
      if (storage.references > 0) return;
      buffers--;
      bytes -= storage.data.byteLength;
    },
    use: () => ({ buffers, bytes }),
  };
};
