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
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../errors.js";
import { guardAllocations } from "./allocations.js";
import type { WasmLibrary } from "./library.js";

/** The priority at which the package registers itself. */
const registeredPriority = 2;

/** How the one instance was asked for: with one thread, with this many, or with as many as the machine has. */
export type Threads = number | "auto";

/**
 * Loads the backend once; later calls give the same instance, or {@link ThreadsAreFixed} if they ask for other threads. It does not
 * become tfjs's current backend. A failure may be tried again.
 */
export type LoadWasm = (threads?: Threads) => Promise<BackendWasm>;

const setUpKernels = (backend: BackendWasm): BackendWasm => {
  for (const kernel of getKernelsForBackend("wasm")) kernel.setupFunc?.(backend);
  guardAllocations(backend);
  return backend;
};

const starter =
  ({ BackendWasm, setThreadsCount, startThreads }: WasmLibrary) =>
  async (threads: Threads): Promise<BackendWasm> => {
    const asWasm = (backend: unknown): BackendWasm => {
      invariant(
        backend instanceof BackendWasm,
        "the backend registered as wasm is that of @tensorflow/tfjs-backend-wasm",
      );
      return backend;
    };
    // A user who called tf.setBackend("wasm") before us has made the instance already.
    const existing = engine().registry["wasm"];
    if (existing !== undefined) return asWasm(existing);
    // A second caller of the factory has to wait for the same promise, so the new factory stands before the first instance does.
    const factory = findBackendFactory("wasm");
    env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads !== 1);
    if (threads !== "auto") setThreadsCount(threads);
    const create = async (): Promise<BackendWasm> => asWasm(await factory());
    const made = threads === 1 ? create() : startThreads(threads, create);
    removeBackend("wasm");
    registerBackend("wasm", () => made, registeredPriority);
    try {
      return setUpKernels(await made);
    } catch (error) {
      // Whoever tries again finds the package's own factory.
      removeBackend("wasm");
      registerBackend("wasm", factory, registeredPriority);
      throw error;
    }
  };

/** Another number of threads than the instance of this process has. */
export class ThreadsAreFixed extends Error {
  constructor(running: number) {
    super(`this process runs it with ${running} thread(s) already`);
  }
}

/** The loader of a library's one instance. */
export const oneInstance = (library: WasmLibrary): LoadWasm => {
  const start = starter(library);
  let shared: { readonly threads: Threads; readonly backend: Promise<BackendWasm> } | undefined;
  return (threads = 1) => {
    if (shared !== undefined && shared.threads !== threads)
      return Promise.reject(
        new ThreadsAreFixed(shared.threads === "auto" ? library.getThreadsCount() : shared.threads),
      );
    shared ??= {
      threads,
      backend: start(threads).catch((error: unknown) => {
        shared = undefined;
        throw error;
      }),
    };
    return shared.backend;
  };
};
