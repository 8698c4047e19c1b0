/**
 * The one instance of TensorFlow.js's wasm backend in this process, its kernels set up and callable without `tf.setBackend`.
 *
 * There must be one only: the backend's kernels keep their C functions in variables of their modules, set by the last setup.
 * So the factory is registered anew to give the shared promise, and a user's own `tf.setBackend("wasm")` gets the same instance.
 */
import {
  engine,
  findBackendFactory,
  getKernelsForBackend,
  registerBackend,
  removeBackend,
} from "@tensorflow/tfjs-core";
import { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../errors.js";

/** The priority at which the package registers itself. */
const registeredPriority = 2;

let shared: Promise<BackendWasm> | undefined;

const asWasm = (backend: unknown): BackendWasm => {
  invariant(backend instanceof BackendWasm, "the backend registered as wasm is that of @tensorflow/tfjs-backend-wasm");
  return backend;
};

const setUpKernels = (backend: BackendWasm): BackendWasm => {
  for (const kernel of getKernelsForBackend("wasm")) kernel.setupFunc?.(backend);
  return backend;
};

const start = async (): Promise<BackendWasm> => {
  // A user who called tf.setBackend("wasm") before us has made the instance already.
  const existing = engine().registry["wasm"];
  if (existing !== undefined) return asWasm(existing);
  // A second caller of the factory has to wait for the same promise, so the new factory stands before the first instance does.
  const factory = findBackendFactory("wasm");
  const made = Promise.resolve(factory()).then(asWasm);
  removeBackend("wasm");
  registerBackend("wasm", () => made, registeredPriority);
  return setUpKernels(await made);
};

/** Loads the backend once; later calls give the same instance. It does not become tfjs's current backend. A failure may be tried again. */
export const loadWasmBackend = (): Promise<BackendWasm> => {
  shared ??= start().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
};
