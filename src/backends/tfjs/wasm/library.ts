/** What the wasm backend takes from TensorFlow.js; two doors give it: the package's main, and a bundle's choice of kernels. */
import type { BackendWasm, getThreadsCount, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

export interface WasmLibrary {
  readonly BackendWasm: typeof BackendWasm;
  readonly getThreadsCount: typeof getThreadsCount;
  readonly setThreadsCount: typeof setThreadsCount;
  /** Runs `start`, which makes an instance with threads, where workers are as that needs them. */
  readonly startThreads: <A>(threads: number | "auto", start: () => Promise<A>) => Promise<A>;
}
