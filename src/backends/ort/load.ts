/** A graph as a session of onnxruntime: made when weights are there, run by one native call. */
import type * as Ort from "onnxruntime-node";
import { invariant, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Graph } from "../../compiler/ir/graph.js";
import { concreteShape } from "../../compiler/ir/type.js";
import type { KnownNumbers } from "../../io/onnx/numbers.js";
import { writeOnnx, type WrittenOnnx } from "../../io/onnx/write.js";
import type { Buffer, Feeds, LoadedGraph, Results } from "../backend.js";
import { failedRun, refusedGraph } from "./errors.js";
import { numbersOf, type Memory } from "./memory.js";

export interface OrtLoadRequest {
  readonly ort: typeof Ort;
  readonly memory: Memory;
  readonly options: Ort.InferenceSession.SessionOptions;
  readonly stableWeights: boolean;
}

interface Session {
  readonly session: Ort.InferenceSession;
  readonly written: Omit<WrittenOnnx, "bytes">;
}

export const loadGraph = (graph: Graph, request: OrtLoadRequest): LoadedGraph => {
  let ready: Opening | undefined;
  const forget = (): void => {
    const old = ready;
    ready = undefined;
    // Runs that have begun with it end first.
    if (old !== undefined) void released(old);
  };
  return {
    run: async (batch, feeds) => {
      const opening = (ready ??= { session: openSession(graph, feeds, request), runs: new Set() });
      const run = opening.session.then((session) =>
        E.isLeft(session) ? session : runSession(session.right, { batch, feeds, request }),
      );
      opening.runs.add(run);
      try {
        return await run;
      } finally {
        opening.runs.delete(run);
      }
    },
    forget,
    dispose: forget,
  };
};

interface Opening {
  readonly session: Promise<Either<SvertkaError, Session>>;
  /** Those that have begun and not ended. */
  readonly runs: Set<Promise<unknown>>;
}

const released = async ({ session, runs }: Opening): Promise<void> => {
  const opened = await session;
  await Promise.allSettled(runs);
  if (E.isRight(opened)) await opened.right.session.release();
};

/** Stable weights are numbers of the ONNX graph, so that onnxruntime computes what depends on them alone once. */
const openSession = async (
  graph: Graph,
  feeds: Feeds,
  { ort, options, stableWeights }: OrtLoadRequest,
): Promise<Either<SvertkaError, Session>> => {
  const kinds = new Map(graph.nodes.map(({ op, attrs }) => [attrs["name"], op]));
  const weights = (name: string): KnownNumbers | undefined => {
    if (!stableWeights) return undefined;
    const buffer = kinds.get(name) === "state" ? feeds.state(name) : feeds.parameter(name);
    return { ...buffer.type, data: numbersOf(buffer) };
  };
  const written = writeOnnx({ graph, weights });
  if (E.isLeft(written)) return written;
  const { bytes, inputs, outputs } = written.right;
  try {
    return E.right({ session: await ort.InferenceSession.create(bytes, options), written: { inputs, outputs } });
  } catch (cause) {
    return refusedGraph(cause);
  }
};

interface Run {
  readonly batch: number;
  readonly feeds: Feeds;
  readonly request: OrtLoadRequest;
}

const runSession = async (
  { session, written }: Session,
  { batch, feeds, request: { ort, memory } }: Run,
): Promise<Either<SvertkaError, Results>> => {
  const fed: Record<string, Ort.Tensor> = {};
  for (const { kind, source, name } of written.inputs) fed[name] = tensorOf(ort, feeds[kind](source));
  try {
    const results = await session.run(fed);
    return E.right(
      written.outputs.map(({ name, type: { dtype, shape } }) => {
        const data = results[name]?.data;
        invariant(data instanceof Float32Array || data instanceof Int32Array, `the result ${name} is no ${dtype}`);
        return memory.own(data, { dtype, shape: concreteShape(shape, batch) });
      }),
    );
  } catch (cause) {
    return failedRun(cause);
  }
};

const tensorOf = (ort: typeof Ort, buffer: Buffer): Ort.Tensor => {
  const data = numbersOf(buffer);
  const { shape } = buffer.type;
  return data instanceof Int32Array ? new ort.Tensor("int32", data, shape) : new ort.Tensor("float32", data, shape);
};
