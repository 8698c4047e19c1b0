/**
 * TensorFlow.js's threaded build under Node, where the package switches it off (tensorflow/tfjs#3830).
 *
 * What Node lacks is small: its workers take no `blob:` address. So while the module starts, `Worker` is one that runs the
 * package's own worker script from its text, and tells it the path of the package's script in place of a blob.
 * Nothing is imported here: a browser bundle carries these lines and no module of Node's.
 */
import { invariant } from "../../../errors.js";

const packageFolder = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";

/** A worker, as far as the threaded build uses one. */
interface ThreadWorker {
  postMessage(message: unknown): void;
}

type WorkerConstructor = new (script: string, options?: { readonly eval: boolean }) => ThreadWorker;

interface WorkerThreads {
  Worker: WorkerConstructor;
}

interface OperatingSystem {
  cpus: () => readonly unknown[];
}

interface Require {
  (id: string): unknown;
  readonly resolve: (id: string) => string;
}

/** As far as we use Node's process. */
interface NodeProcess {
  readonly versions?: { readonly node?: string };
  readonly getBuiltinModule?: (id: string) => unknown;
}

// Sound: every field is optional and looked at before it is used.
const host = globalThis as { readonly process?: NodeProcess };

/** Whether this is Node (or a run time that says so): there the threaded build needs {@link withNodeWorkers}. */
export const isNode = (): boolean => host.process?.versions?.node !== undefined;

const builtin = (id: string): unknown => host.process?.getBuiltinModule?.(id);

/**
 * Runs `start` with workers that the threaded build can use; all is put back afterwards. XNNPACK takes at most half of the
 * logical cores, so `threads` that are asked for by number are to find twice as many.
 */
export const withNodeWorkers = async <A>(threadCount: number | "auto", start: () => Promise<A>): Promise<A> => {
  // Sound: Node's documented modules, of this form since Node 20.16.
  const system = builtin("node:os") as OperatingSystem | undefined;
  const threads = builtin("node:worker_threads") as WorkerThreads | undefined;
  const modules = builtin("node:module") as { readonly createRequire: (from: string) => Require } | undefined;
  if (threads === undefined || modules === undefined || system === undefined)
    throw new Error("this Node is older than 20.16");
  const require = modules.createRequire(import.meta.url);
  const script = require.resolve(`${packageFolder}.js`);
  const { wasmWorkerContents } = require(`${packageFolder}.worker.js`) as { readonly wasmWorkerContents?: string };
  invariant(typeof wasmWorkerContents === "string", "the wasm package has its worker script");
  // The package keeps the text in a template: its escapes are characters by now.
  const text = wasmWorkerContents.replaceAll("\n", String.raw`\n`);
  const original = threads.Worker;
  const { cpus } = system;
  threads.Worker = class extends original {
    constructor() {
      super(text, { eval: true });
    }
    override postMessage(message: unknown): void {
      super.postMessage(isLoad(message) ? { ...message, urlOrBlob: script } : message);
    }
  };
  if (threadCount !== "auto") system.cpus = () => Array.from({ length: 2 * threadCount });
  try {
    return await start();
  } finally {
    threads.Worker = original;
    system.cpus = cpus;
  }
};

const isLoad = (message: unknown): message is object =>
  typeof message === "object" && message !== null && "cmd" in message && message.cmd === "load";
