/** The one instance of this process, over the whole package of TensorFlow.js. */
import { BackendWasm, getThreadsCount, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { isNode, withNodeWorkers } from "./node-threads.js";
import { oneInstance, type LoadWasm } from "./one-instance.js";
import { withPageWorkers } from "./page-threads.js";

/** See {@link LoadWasm}. */
export const loadWasmBackend: LoadWasm = oneInstance({
  BackendWasm,
  getThreadsCount,
  setThreadsCount,
  startThreads: (threads, start) => (isNode() ? withNodeWorkers(threads, start) : withPageWorkers(start)),
});
