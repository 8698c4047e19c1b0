/** The interface of a backend: what the executor and the trainer ask of it. */
import type { SvertkaError } from "../errors.js";
import type { TaskEither } from "../fp.js";
import type { Target } from "../compiler/target.js";
import type { ConcreteType, KernelCall } from "../ops/operator.js";

/** Numbers as they enter and leave a device. */
export type Numbers = Float32Array | Float64Array | Int32Array;

/** A reference to memory of a device, under a shape; opaque to everybody but the device. */
export interface Buffer {
  readonly type: ConcreteType;
  readonly handle: object;
}

export interface MemoryUse {
  /** Buffers that are held. */
  readonly buffers: number;
  /** Bytes that the device has taken from the system for them, where it knows. */
  readonly bytes: number;
}

/** A loaded backend. Buffers are counted: `view` and `retain` add a reference, `release` drops one. */
export interface Device {
  readonly name: string;
  readonly target: Target;
  /** Present where numbers have more digits than float32: what training carries is rounded to these at each step, as files hold them. */
  readonly precision?: "f64" | undefined;
  readonly upload: (numbers: Numbers, type: ConcreteType) => Buffer;
  /** A copy of the numbers. */
  readonly read: (buffer: Buffer) => Promise<Numbers>;
  readonly call: (call: KernelCall, inputs: readonly Buffer[], output: ConcreteType) => Buffer;
  /** The same elements under another shape. */
  readonly view: (buffer: Buffer, type: ConcreteType) => Buffer;
  readonly retain: (buffer: Buffer) => Buffer;
  readonly release: (buffer: Buffer) => void;
  readonly memory: () => MemoryUse;
}

/** A backend as a value: loading it is an effect that can fail, with what to install. */
export interface Backend {
  readonly name: string;
  /** What it is, for `svertka backends`. */
  readonly description: string;
  readonly load: TaskEither<SvertkaError, Device>;
}
