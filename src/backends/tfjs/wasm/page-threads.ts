/**
 * TensorFlow.js's threaded build in pages of production bundles.
 *
 * Its workers get the text of a function of the bundle, which asks whether a variable outside of it is there (`typeof
 * _scriptDir`). Minifiers see that it is, in the bundle, and leave the question out; in a worker the function then throws. So
 * while the module starts, `Worker` is one that gives workers this text in a scope where every unknown variable is undefined.
 */

import { SvertkaFailure, mistake } from "../../../errors.js";

interface PageWorker {
  postMessage(message: unknown, transfer?: unknown): void;
}

/** As much of a page as is used here; the DOM's types are not part of the compiler's settings. */
interface Page {
  /** False where memory cannot be shared with workers. */
  readonly crossOriginIsolated?: boolean;
  Worker?: new (...args: readonly unknown[]) => PageWorker;
  readonly Blob: new (parts: readonly unknown[], options: { readonly type: string }) => object;
}

/** Variables that the worker has are its own: the function's name is one. */
const scope =
  "with(new Proxy({},{has:(_,name)=>typeof name==='string'&&!(name in globalThis),get:()=>undefined,set:()=>true})){";

interface Load {
  readonly cmd: "load";
  readonly urlOrBlob: object;
}

const isLoad = (message: unknown, { Blob }: Page): message is Load =>
  typeof message === "object" &&
  message !== null &&
  "cmd" in message &&
  message.cmd === "load" &&
  "urlOrBlob" in message &&
  message.urlOrBlob instanceof Blob;

const notIsolated = mistake(
  "BackendMissing",
  "wasm",
  "wasmThreads: this page is not cross-origin isolated: serve it with COOP 'same-origin' and COEP 'require-corp', or use the backend wasm",
);

/** Runs `start` with workers that can use a minified function; all is put back afterwards. */
export const withPageWorkers = async <A>(start: () => Promise<A>): Promise<A> => {
  const page = globalThis as unknown as Page; // sound: every browser has Blob; Worker is looked at before it is used
  const { Worker: original, Blob } = page;
  if (page.crossOriginIsolated === false) throw new SvertkaFailure(notIsolated);
  if (original === undefined) return start();
  page.Worker = class extends original {
    override postMessage(message: unknown, transfer?: unknown): void {
      const given = isLoad(message, page)
        ? { ...message, urlOrBlob: new Blob([scope, message.urlOrBlob, "\n}"], { type: "text/javascript" }) }
        : message;
      super.postMessage(given, transfer);
    }
  };
  try {
    return await start();
  } finally {
    page.Worker = original;
  }
};
