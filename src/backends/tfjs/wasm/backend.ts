/** The wasm backend over either door's library: its target, its device, with threads and without. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { SvertkaFailure, failTask, mistake, type SvertkaError } from "../../../errors.js";
import { TE, pipe, type TaskEither } from "../../../fp.js";
import type { Attributes } from "../../../compiler/ir/graph.js";
import type { KernelTarget } from "../../../compiler/target.js";
import type { ConcreteType, Fold, KernelCall, KernelRequest } from "../../../ops/operator.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { bindCall, bindJointCall, dtypeOf } from "../bind.js";
import { aroundCalls, type Guard } from "../../around-calls.js";
import { withRoom } from "../../room.js";
import {
  tfjsDevice,
  type KernelSource,
  type OwnJointKernel,
  type OwnKernel,
  type TfjsDeviceOptions,
} from "../device.js";
import { ownCall, tfjsTarget } from "../target.js";
import { MemoryIsFull, addressable, guardAllocations } from "./allocations.js";
import { wasmJointKernels, wasmKernels } from "./kernels/index.js";
import { isShared } from "./assembler/index.js";
import { firstOf, type JointCall } from "./kernels/joint-kernel.js";
import { bytesOf, codeOf, memoryOf } from "./kernels/kernel.js";
import { ownConvolution, ownProduct, panelsBefore, transposedProduct } from "./products.js";
import { ThreadsAreFixed, type LoadWasm, type Threads } from "./one-instance.js";

/** Sums, means and maxima by the generated kernel of reductions. */
const reduced =
  (by: Fold["by"]) =>
  ({ attrs: { axes, keepDims } }: KernelRequest<Attributes>): KernelCall => ({
    kernel: "reduceFormula",
    inputs: [0],
    attrs: { by, formula: "x0", axes: axes ?? [], keepDims: keepDims ?? false },
  });

/** Our own kernel for groups of one channel; its [kh, kw, 1, c · m] lies in memory as [kh, kw, c, m]. */
const depthwiseFilterGradient = ({ inputs: [x], attrs }: KernelRequest<Attributes>): KernelCall => ({
  kernel: "conv2dFilterGradient",
  inputs: [0, 1],
  attrs: { ...attrs, groups: x?.shape[3] ?? 1 },
});

/** Where our own kernels are better than TensorFlow.js's, or it has none; measured by bench/wasm-kernels.ts. */
const preferred = {
  maxPool2dGradient: ownCall("maxPool2dGradient"),
  conv2dFilterGradient: ownCall("conv2dFilterGradient"),
  depthwiseConv2dFilterGradient: depthwiseFilterGradient,
  projectiveTransform: ownCall("projectiveTransform"),
  reduceSum: reduced("sum"),
  reduceMean: reduced("mean"),
  reduceMax: reduced("max"),
  transpose: ({ attrs }: KernelRequest<Attributes>): KernelCall => ({
    kernel: "transpose",
    inputs: [0],
    attrs: { perm: attrs["permutation"] ?? [] },
  }),
} as const;

/**
 * Its kernel for the input gradient is a plain loop, seven times slower than a forward convolution; that for depthwise
 * convolution takes more than twice as long with a depth multiplier as with repeated channels.
 */
const avoids = ["conv2dInputGradient", "depthwiseConv2d"];

/** 1.1 to 2.2 times as fast as TensorFlow.js's on one thread, on which alone it runs. */
const ownPools = { maxPool2d: ownCall("maxPool2d") } as const;

/** Products by our own kernels, 1.1 to 2.5 times as fast as TensorFlow.js's on one thread; these take any formula after them. */
const ownProducts = { conv2d: ownConvolution, matMul: ownProduct } as const;

/** Our kernels use one thread: from two on TensorFlow.js's products are faster, but for a transposed factor. */
const threadedProducts = { matMul: transposedProduct } as const;

/** Fills a tensor with one number, or with the numbers given. */
const fill =
  (backend: BackendWasm): OwnKernel =>
  (_inputs, { dtype, shape }, { value }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = Array.isArray(value) ? value.map(Number) : Array.from({ length: size }, () => Number(value));
    const values = dtype === "i32" ? Int32Array.from(numbers) : Float32Array.from(numbers);
    return backend.makeOutput([...shape], dtypeOf[dtype], undefined, values);
  };

/** What programs may call on that many threads: the kernels that are registered, and our own. */
export const wasmTarget = (threads = 1): KernelTarget =>
  tfjsTarget({
    name: "wasm",
    ownKernels: ["fill", ...Object.keys(wasmKernels)],
    preferred: { ...preferred, ...(threads === 1 ? { ...ownPools, ...ownProducts } : threadedProducts) },
    avoids,
    fusesFormulas: threads === 1 ? Object.keys(ownProducts) : [],
    formulaInputs: 16,
    joint: true,
    formBefore: panelsBefore,
  });

/** What Emscripten's module object says of threads: present in the threaded build only. */
interface ThreadedModule {
  readonly tfjs?: { readonly getThreadsCount?: () => number };
}

const threadsOf = (backend: BackendWasm): number => {
  const { tfjs } = backend.wasm as unknown as ThreadedModule; // Sound: all fields optional.
  return isShared(memoryOf(backend)) ? (tfjs?.getThreadsCount?.() ?? 1) : 1;
};

/** Whether numbers are of the element type already. */
const isOf = (numbers: unknown, { dtype }: ConcreteType): numbers is Float32Array | Int32Array =>
  dtype === "i32" ? numbers instanceof Int32Array : numbers instanceof Float32Array;

const makeDevice = (backend: BackendWasm): KernelDevice => {
  const kernels: Record<string, OwnKernel> = { fill: fill(backend) };
  for (const [name, { run }] of Object.entries(wasmKernels))
    kernels[name] = (inputs, { dtype, shape }, attributes) =>
      run({ backend, inputs, output: { dtype: dtypeOf[dtype], shape }, attributes });
  const jointKernels: Record<string, OwnJointKernel> = {};
  const asJoint = (
    inputs: readonly TensorInfo[],
    types: readonly ConcreteType[],
    attributes: Attributes,
  ): JointCall => ({
    backend,
    inputs,
    outputs: types.map(({ dtype, shape }) => ({ dtype: dtypeOf[dtype], shape })),
    attributes,
  });
  const sources: Record<string, KernelSource> = {};
  for (const [name, { run, written }] of Object.entries(wasmJointKernels)) {
    jointKernels[name] = (inputs, types, attributes) => run(asJoint(inputs, types, attributes));
    sources[name] = (inputs, types, attributes) => codeOf(written(asJoint(inputs, types, attributes)));
  }
  for (const [name, { written }] of Object.entries(wasmKernels))
    if (written !== undefined)
      sources[name] = (inputs, types, attributes) => {
        const call = asJoint(inputs, types, attributes);
        return codeOf(written({ ...call, output: firstOf(call) }));
      };
  const options: TfjsDeviceOptions = {
    name: "wasm",
    backend,
    target: wasmTarget(threadsOf(backend)),
    ownKernels: kernels,
    jointKernels,
    sources,
    memory: () => ({ buffers: backend.numDataIds(), bytes: bytesOf(backend).byteLength }),
  };
  const device = tfjsDevice(options);
  const ready: KernelDevice = {
    ...device,
    // The backend copies what it is given into its memory, and what it reads is a copy.
    upload: (numbers, type) =>
      isOf(numbers, type)
        ? { type, handle: backend.write(numbers, [...type.shape], dtypeOf[type.dtype]) }
        : device.upload(numbers, type),
    read: async (buffer) => {
      const numbers = backend.readSync(buffer.handle);
      return isOf(numbers, buffer.type) ? numbers : device.read(buffer);
    },
    bind: bindCall(options),
    bindJoint: bindJointCall(options),
  };
  return withRoom(withoutRemains(ready, guardAllocations(backend)), {
    name: "wasm",
    where: "in WebAssembly's 4 GB",
    largest: addressable,
    isFull: (thrown) => thrown instanceof MemoryIsFull,
  });
};

/** A call that finds no memory leaves nothing of its own behind. */
const withoutRemains = (device: KernelDevice, allocating: Guard): KernelDevice => aroundCalls(device, () => allocating);

const missing = (cause: unknown): SvertkaError =>
  cause instanceof SvertkaFailure
    ? cause.error
    : mistake(
        "BackendMissing",
        "wasm",
        cause instanceof ThreadsAreFixed
          ? `backend: WebAssembly cannot have other threads: ${cause.message}: use one wasm backend in a process`
          : `backend: WebAssembly did not start (${String(cause).slice(0, 90)}): use Node 20.19 or newer, or --backend cpu`,
      );

const loadWith = (load: LoadWasm, threads: Threads): TaskEither<SvertkaError, KernelDevice> =>
  pipe(
    TE.tryCatch(() => load(threads), missing),
    TE.map(makeDevice),
  );

/** On one thread. */
export const wasmOf = (load: LoadWasm): Backend<KernelDevice> => ({
  name: "wasm",
  description: "TensorFlow.js kernels in WebAssembly (SIMD), and svertka's own",
  load: loadWith(load, 1),
});

export interface WasmOptions {
  /** How many threads convolutions and matrix products may use; as many as suit the machine when not given. */
  readonly threads?: number;
}

/** With threads. */
export const wasmThreadsOf =
  (load: LoadWasm) =>
  ({ threads }: WasmOptions = {}): Backend<KernelDevice> => ({
    name: "wasm-threads",
    description: "TensorFlow.js kernels in WebAssembly (SIMD, threads), and svertka's own",
    load:
      threads === undefined || (Number.isInteger(threads) && threads > 1)
        ? loadWith(load, threads ?? "auto")
        : failTask(
            "BadOption",
            "threads",
            `wasmThreads: threads ${threads} is not a whole number of at least 2: use the backend wasm for one thread`,
          ),
  });
