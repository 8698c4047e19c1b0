/** The interface of a backend: what the executor and the trainer ask of it. */
import type { SvertkaError } from "../errors.js";
import type { Either, TaskEither } from "../fp.js";
import type { Registry } from "../compiler/ir/builder.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { KernelTarget, Target } from "../compiler/target.js";
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

/** What every loaded backend is: memory that is counted. `retain` adds a reference to a buffer, `release` drops one. */
interface LoadedBackend {
  readonly name: string;
  /** The version of what it runs on, and the device, where it knows: for `svertka backends`. */
  readonly detail?: string | undefined;
  /** Present where numbers have more digits than float32: what training carries is rounded to these at each step, as files hold them. */
  readonly precision?: "f64" | undefined;
  /** Present where a backend cannot train: which others can. */
  readonly infersOnly?: true | undefined;
  readonly upload: (numbers: Numbers, type: ConcreteType) => Buffer;
  /** A copy of the numbers. */
  readonly read: (buffer: Buffer) => Promise<Numbers>;
  readonly retain: (buffer: Buffer) => Buffer;
  readonly release: (buffer: Buffer) => void;
  readonly memory: () => MemoryUse;
}

/** A kernel's call made ready: it takes buffers of the types that it was bound for. */
export type BoundCall = (inputs: readonly Buffer[]) => Buffer;
export type BoundJointCall = (inputs: readonly Buffer[]) => readonly Buffer[];

/** What a call reads: by the number of the operator's input; those that the call does not use may be unknown. */
export type InputTypes = readonly (ConcreteType | undefined)[];

/** A backend that runs kernels one after the other: the executor drives it. */
export interface KernelDevice extends LoadedBackend {
  readonly kind: "kernels";
  readonly target: KernelTarget;
  readonly call: (call: KernelCall, inputs: readonly Buffer[], output: ConcreteType) => Buffer;
  /** Present where one call can give several results: those of `elementwiseJoint` and `reduceJoint`. */
  readonly callJoint?: (
    call: KernelCall,
    inputs: readonly Buffer[],
    outputs: readonly ConcreteType[],
  ) => readonly Buffer[];
  /** The code of the kernel that a call of these types runs, where it was written for its formula: WebAssembly's text, GLSL, WGSL. */
  readonly sourceOf?: (
    call: KernelCall,
    inputs: readonly ConcreteType[],
    outputs: readonly ConcreteType[],
  ) => string | undefined;
  /**
   * Present where a call can be made ready before it runs, so that a program pays once for what depends on shapes and attributes
   * alone. The same as `call` and `callJoint`; who wraps those leaves these out.
   */
  readonly bind?: ((call: KernelCall, inputs: InputTypes, output: ConcreteType) => BoundCall) | undefined;
  readonly bindJoint?:
    | ((call: KernelCall, inputs: InputTypes, outputs: readonly ConcreteType[]) => BoundJointCall)
    | undefined;
  /** The same elements under another shape; a reference of its own. */
  readonly view: (buffer: Buffer, type: ConcreteType) => Buffer;
  /**
   * Present where kernels are compiled when they are first called: compiles those that `run` calls, all at once, while the
   * page goes on. `run` is called once; its calls compute nothing, and it releases what they give.
   */
  readonly prepare?: ((run: () => void) => Promise<void>) | undefined;
}

/** What a run reads: by kind and name. */
export interface Feeds {
  readonly input: (name: string) => Buffer;
  readonly parameter: (name: string) => Buffer;
  readonly state: (name: string) => Buffer;
}

/** The results of a run, in the order of the graph's outputs; the caller releases them. */
export type Results = readonly Buffer[];

/** An optimised graph on its device, for any batch size. */
export interface LoadedGraph {
  readonly run: (batch: number, feeds: Feeds) => Promise<Either<SvertkaError, Results>>;
  /** Forgets what was computed from weights alone; to be called when stable weights change. */
  readonly forget: () => void;
  readonly dispose: () => void;
}

export interface GraphOptions {
  /** The operators of the graph. */
  readonly registry: Registry;
  /** Parameters and states keep their values between runs, until `forget`. */
  readonly stableWeights: boolean;
  /** A result's name: where that is not finite, a run's updates do not take place, and its buffers for them are those it was fed. */
  readonly guard?: string | undefined;
}

/**
 * A backend that takes a whole graph and runs it by one native call. A run with updates may put these in the place of the
 * buffers that it was fed for them, which then may only be released; who wants to keep such a value retains it before.
 */
export interface GraphDevice extends LoadedBackend {
  readonly kind: "graphs";
  readonly target: Target;
  readonly load: (graph: Graph, options: GraphOptions) => LoadedGraph;
}

export type Device = KernelDevice | GraphDevice;

/** A backend as a value: loading it is an effect that can fail, with what to install. */
export interface Backend<D extends Device = Device> {
  readonly name: string;
  /** What it is, for `svertka backends`. */
  readonly description: string;
  readonly load: TaskEither<SvertkaError, D>;
}
