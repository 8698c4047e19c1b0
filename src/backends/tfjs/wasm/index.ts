/** The wasm backend: TensorFlow.js's WebAssembly kernels and our own beside them; the embedded default on Node and in browsers. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { failTask, mistake, type SvertkaError } from "../../../errors.js";
import { TE, pipe, type TaskEither } from "../../../fp.js";
import type { Attributes } from "../../../compiler/ir/graph.js";
import type { KernelCall, KernelRequest } from "../../../ops/operator.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { tfjsDevice, type OwnKernel } from "../device.js";
import { ownCall, tfjsTarget } from "../target.js";
import { ThreadsAreFixed, loadWasmBackend, type Threads } from "./instance.js";
import { wasmKernels } from "./kernels/index.js";
import { bytesOf } from "./kernels/kernel.js";

/** Sums over all axes but the last: bias gradients. */
const leadingSum = ({ inputs: [x], attrs }: KernelRequest<Attributes>): KernelCall | undefined => {
  const { axes, keepDims } = attrs;
  const rank = x?.shape.length ?? 0;
  const leading =
    Array.isArray(axes) && rank > 1 && axes.length === rank - 1 && axes.every((axis) => axis !== rank - 1);
  return leading && keepDims === false ? { kernel: "reduceSumLeading", inputs: [0], attrs: {} } : undefined;
};

/** Products with a transposed factor; without one XNNPACK's kernel is as fast, and takes an epilogue. */
const transposedProduct = (request: KernelRequest<Attributes>): KernelCall | undefined =>
  request.attrs["transposeA"] === true || request.attrs["transposeB"] === true ? ownCall("matMul")(request) : undefined;

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
  reduceSum: leadingSum,
  matMul: transposedProduct,
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

const dtypeOf = { f32: "float32", i32: "int32" } as const;

/** Fills a tensor with one number, or with the numbers given. */
const fill =
  (backend: BackendWasm): OwnKernel =>
  (_inputs, { dtype, shape }, { value }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = Array.isArray(value) ? value.map(Number) : Array.from({ length: size }, () => Number(value));
    const values = dtype === "i32" ? Int32Array.from(numbers) : Float32Array.from(numbers);
    return backend.makeOutput([...shape], dtypeOf[dtype], undefined, values);
  };

const makeDevice = (backend: BackendWasm): KernelDevice => {
  const kernels: Record<string, OwnKernel> = { fill: fill(backend) };
  for (const [name, { run }] of Object.entries(wasmKernels))
    kernels[name] = (inputs, { dtype, shape }, attributes) =>
      run({ backend, inputs, output: { dtype: dtypeOf[dtype], shape }, attributes });
  return tfjsDevice({
    name: "wasm",
    backend,
    target: tfjsTarget({ name: "wasm", ownKernels: Object.keys(kernels), preferred, avoids, formulaInputs: 16 }),
    ownKernels: kernels,
    memory: () => ({ buffers: backend.numDataIds(), bytes: bytesOf(backend).byteLength }),
  });
};

const missing = (cause: unknown): SvertkaError =>
  mistake(
    "BackendMissing",
    "wasm",
    cause instanceof ThreadsAreFixed
      ? `backend: WebAssembly cannot have other threads: ${cause.message}: use one wasm backend in a process`
      : `backend: WebAssembly did not start (${String(cause).slice(0, 90)}): use Node 20.19 or newer, or --backend cpu`,
  );

const loadWith = (threads: Threads): TaskEither<SvertkaError, KernelDevice> =>
  pipe(
    TE.tryCatch(() => loadWasmBackend(threads), missing),
    TE.map(makeDevice),
  );

/** WebAssembly with SIMD, on one thread. */
export const wasm: Backend<KernelDevice> = {
  name: "wasm",
  description: "TensorFlow.js kernels in WebAssembly (SIMD), and svertka's own",
  load: loadWith(1),
};

export interface WasmOptions {
  /** How many threads convolutions and matrix products may use; as many as suit the machine when not given. */
  readonly threads?: number;
}

/**
 * WebAssembly with threads: under Node, and in pages that are cross-origin isolated (`crossOriginIsolated` is true).
 *
 * One process has one instance: after `wasm`, or another number of threads, it is a BackendMissing that says so.
 * TensorFlow.js's kernels take at most half of the logical cores when `threads` is not given; on fewer than four cores one thread is as fast.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: wasmThreads({ threads: 4 }) }))
 */
export const wasmThreads = ({ threads }: WasmOptions = {}): Backend<KernelDevice> => ({
  name: "wasm-threads",
  description: "TensorFlow.js kernels in WebAssembly (SIMD, threads), and svertka's own",
  load:
    threads === undefined || (Number.isInteger(threads) && threads > 1)
      ? loadWith(threads ?? "auto")
      : failTask(
          "BadOption",
          "threads",
          `wasmThreads: threads ${threads} is not a whole number of at least 2: use the backend wasm for one thread`,
        ),
});
