/** The ort backend: onnxruntime's native library under Node, for inference; the graph goes to it as ONNX in memory. */
import type * as Ort from "onnxruntime-node";
import { fail, mistake, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Backend, GraphDevice } from "../backend.js";
import { loadGraph } from "./load.js";
import { memory, numbersOf } from "./memory.js";
import { ortTarget } from "./target.js";

export interface OrtOptions {
  /** Threads that one operator may use; as many as there are cores when not given. */
  readonly threads?: number | undefined;
}

const install = "ort: the package onnxruntime-node is not installed: npm install onnxruntime-node" as const;

/** The package is an optional peer: whoever wants it installs it. */
const openPackage: TaskEither<SvertkaError, typeof Ort> = TE.tryCatch(
  () => import("onnxruntime-node"),
  (cause): SvertkaError => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, " ").slice(0, 80) : "unknown";
    return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND"
      ? mistake("BackendMissing", "ort", install)
      : mistake(
          "BackendMissing",
          "ort",
          `ort: onnxruntime-node does not start (${reason}): npm install onnxruntime-node`,
        );
  },
);

const device = (ort: typeof Ort, { threads }: OrtOptions): GraphDevice => {
  const own = memory();
  const options: Ort.InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    // What it has to say comes as an error; the rest would go to the user's terminal.
    logSeverityLevel: 4,
    // Our passes put pads where they can stand; onnxruntime's own (1.30) makes pools of them that it then refuses.
    extra: { optimization: { disable_specified_optimizers: "Pad_Fusion" } },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  };
  return {
    kind: "graphs",
    name: "ort",
    infersOnly: true,
    target: ortTarget,
    upload: own.upload,
    read: (buffer) => Promise.resolve(numbersOf(buffer).slice()),
    retain: own.retain,
    release: own.release,
    memory: own.use,
    load: (graph, { stableWeights }) => loadGraph(graph, { ort, memory: own, options, stableWeights }),
  };
};

const checked = ({ threads }: OrtOptions): Either<SvertkaError, void> =>
  threads === undefined || (Number.isSafeInteger(threads) && threads >= 1)
    ? E.right(undefined)
    : fail("BadOption", "threads", `threads: ${threads} is no number of threads: give a whole number of at least 1`);

/**
 * onnxruntime under Node, with options.
 *
 * Errors  threads that are no whole number from 1 on; BackendMissing where the package onnxruntime-node is not there.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: ortWith({ threads: 1 }) }))
 */
export const ortWith = (options: OrtOptions): Backend<GraphDevice> => ({
  name: "ort",
  description: "onnxruntime's native library: the fastest on a CPU; for inference only",
  load: pipe(
    TE.fromEither(checked(options)),
    TE.chain(() => openPackage),
    TE.map((ort) => device(ort, options)),
  ),
});

/**
 * onnxruntime under Node, for inference: the optional package onnxruntime-node.
 *
 * @example
 * const predictor = await orReject(compile(net, { backend: ort }))
 */
export const ort: Backend<GraphDevice> = ortWith({});
