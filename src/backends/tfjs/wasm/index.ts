/** `svertka/wasm`: the embedded default on Node and in browsers, over the whole package of TensorFlow.js. Bundles for browsers take browser.ts instead. */
import type { Backend, KernelDevice } from "../../backend.js";
import { wasmOf, wasmThreadsOf, type WasmOptions } from "./backend.js";
import { loadWasmBackend } from "./instance.js";

export type { WasmOptions } from "./backend.js";

/** WebAssembly with SIMD, on one thread. */
export const wasm: Backend<KernelDevice> = wasmOf(loadWasmBackend);

/**
 * WebAssembly with threads: under Node, and in pages that are cross-origin isolated (`crossOriginIsolated` is true).
 *
 * One process has one instance: after `wasm`, or another number of threads, it is a BackendMissing that says so.
 * TensorFlow.js's kernels take at most half of the logical cores when `threads` is not given; on fewer than four cores one thread is as fast.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: wasmThreads({ threads: 4 }) }))
 */
export const wasmThreads = (options?: WasmOptions): Backend<KernelDevice> => wasmThreadsOf(loadWasmBackend)(options);
