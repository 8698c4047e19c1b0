/**
 * The one instance of TensorFlow.js's wasm backend in this process, its kernels set up and callable without `tf.setBackend`.
 *
 * There must be one only: the backend's kernels keep their C functions in variables of their modules, set by the last setup.
 * So the factory is registered anew to give the shared promise, and a user's own `tf.setBackend("wasm")` gets the same instance.
 */
import {
  engine,
  env,
  findBackendFactory,
  getKernelsForBackend,
  registerBackend,
  removeBackend,
} from "@tensorflow/tfjs-core";
import { BackendWasm, getThreadsCount, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../errors.js";
import { isNode, withNodeWorkers } from "./node-threads.js";

/** The priority at which the package registers itself. */
const registeredPriority = 2;

/** How the one instance was asked for: with one thread, with this many, or with as many as the machine has. */
export type Threads = number | "auto";

let shared: { readonly threads: Threads; readonly backend: Promise<BackendWasm> } | undefined;

const asWasm = (backend: unknown): BackendWasm => {
  invariant(backend instanceof BackendWasm, "the backend registered as wasm is that of @tensorflow/tfjs-backend-wasm");
  return backend;
};

const setUpKernels = (backend: BackendWasm): BackendWasm => {
  for (const kernel of getKernelsForBackend("wasm")) kernel.setupFunc?.(backend);
  return backend;
};

const start = async (threads: Threads): Promise<BackendWasm> => {
  // A user who called tf.setBackend("wasm") before us has made the instance already.
  const existing = engine().registry["wasm"];
  if (existing !== undefined) return asWasm(existing);
  // A second caller of the factory has to wait for the same promise, so the new factory stands before the first instance does.
  const factory = findBackendFactory("wasm");
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads !== 1);
  if (threads !== "auto") setThreadsCount(threads);
  const create = async (): Promise<BackendWasm> => asWasm(await factory());
  const made = threads !== 1 && isNode() ? withNodeWorkers(threads, create) : create();
  removeBackend("wasm");
  registerBackend("wasm", () => made, registeredPriority);
  return setUpKernels(await made);
};

/** Another number of threads than the instance of this process has. */
export class ThreadsAreFixed extends Error {
  constructor(running: Threads) {
    super(`this process runs it with ${running === "auto" ? getThreadsCount() : running} thread(s) already`);
  }
}

/**
 * Loads the backend once; later calls give the same instance, or {@link ThreadsAreFixed} if they ask for other threads. It does not
 * become tfjs's current backend. A failure may be tried again.
 */
export const loadWasmBackend = (threads: Threads = 1): Promise<BackendWasm> => {
  if (shared !== undefined && shared.threads !== threads) return Promise.reject(new ThreadsAreFixed(shared.threads));
  shared ??= {
    threads,
    backend: start(threads).catch((error: unknown) => {
      shared = undefined;
      throw error;
    }),
  };
  return shared.backend;
};
