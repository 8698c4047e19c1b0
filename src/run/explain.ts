/** What the compiler did to a model, as data: what each pass saved, which layers became which calls, what stayed and why. */
import type { SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import type { Device } from "../backends/backend.js";
import { lower } from "../compiler/lowering/lower.js";
import type { Program } from "../compiler/lowering/program.js";
import type { Graph, Node } from "../compiler/ir/graph.js";
import { graphText, nodeText } from "../compiler/ir/text.js";
import { requiredPasses, runPasses, type PassRun } from "../compiler/pipeline.js";
import type { LayerInfo } from "../dsl/to-graph.js";
import { operators } from "../ops/registry.js";
import type { CompiledGraph } from "./compiled-graph.js";
import { generatedKernels, type GeneratedKernel } from "./explanation/generated.js";
import { ownersAfter, sourceOwners, type Owners } from "./explanation/layers.js";
import { remainingCalls, type RemainingCall } from "./explanation/remaining.js";
import { kernelSources } from "./explanation/sources.js";
import { stepText } from "./explanation/step-text.js";
import { computedNodes, graphPeak, graphWork, programWork, type Work, type WorkRequest } from "./explanation/work.js";

/** What a graph costs less after a pass; negative where it costs more. */
export type Saved = Pick<Work, "calls" | "flops" | "bytes">;

export interface PassExplanation {
  readonly name: string;
  readonly purpose: string;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Operators that it removed and made, as counts by name. */
  readonly removed: Readonly<Record<string, number>>;
  readonly made: Readonly<Record<string, number>>;
  readonly saved: Saved;
  readonly milliseconds: number;
  /** The graphs as text. */
  readonly before: string;
  readonly after: string;
}

export interface FusedCall {
  /** `conv2d + biasAdd + relu`. */
  readonly operators: readonly string[];
  /** The backend's kernel that computes them. */
  readonly kernel: string;
  readonly node: string;
}

/** A step that a batch runs, and the layers that it computes. */
export interface ExplainedCall {
  readonly kernel: string;
  /** `conv2d + biasAdd + relu`. */
  readonly operators: string;
  readonly layers: readonly string[];
  /** Of its results, without the batch's symbol: `[1, 26, 26, 64]`. */
  readonly shape: readonly number[];
  /** Nodes of the optimised graph; several where one call gives several results. */
  readonly nodes: readonly number[];
}

export interface Explanation {
  readonly backend: string;
  readonly batch: number;
  /** Predicted, for a batch: with legalisation only, and with all passes. */
  readonly before: Work;
  readonly after: Work;
  readonly passes: readonly PassExplanation[];
  readonly fused: readonly FusedCall[];
  /** The calls in their order. On a backend that runs whole graphs: the operators in its one call. */
  readonly calls: readonly ExplainedCall[];
  /** Elementwise calls and moves that stayed, and why. */
  readonly remaining: readonly RemainingCall[];
  readonly generated: readonly GeneratedKernel[];
  /** Kernel calls for a batch without and with the optimising passes. */
  readonly callsBefore: number;
  readonly callsAfter: number;
  /** What runs once, before the first batch: in inference what depends on weights alone, in training what depends on nothing. */
  readonly prepare: readonly string[];
  /** The backend's steps, one line each. */
  readonly steps: readonly string[];
}

export interface ExplainOptions {
  readonly batch?: number;
  /** The model's, in the mode of the graph; without them calls are attributed by the weights that they read. */
  readonly layers?: readonly Pick<LayerInfo, "name" | "nodes">[];
}

/**
 * What the compiler did to a graph: each pass before and after, which operators became one call, and what calls are left and why.
 * The same as `svertka explain`, as plain data.
 */
export const explain = (
  compiled: CompiledGraph,
  device: Device,
  { batch = 1, layers = [] }: ExplainOptions = {},
): Either<SvertkaError, Explanation> => {
  const { source, graph, stableWeights, runs } = compiled;
  const request = { batch, stableWeights };
  const owners = ownersAfter(source, graph, sourceOwners(source, layers));
  return pipe(
    programsOf(compiled, device, batch),
    E.map((programs): Explanation => {
      const before = workOf(programs.plain, request);
      const after = workOf(programs.optimised, request);
      const calls = layerCalls(programs.optimised, request, owners);
      return {
        backend: device.name,
        batch,
        before,
        after,
        passes: passExplanations(runs, request),
        fused: fusedCalls(programs.optimised, request, device.name),
        calls,
        remaining: remainingCalls(graph, device.target, {
          stableWeights,
          owners,
          calls: calls.map(({ nodes }) => nodes),
        }),
        generated: generatedKernels(graph, {
          stableWeights,
          owners,
          sourceAt: kernelSources(programs.optimised.program, device),
        }),
        callsBefore: before.calls,
        callsAfter: after.calls,
        ...stepTexts(programs.optimised, request),
      };
    }),
  );
};

/** A graph, and the program that runs it; none where the device takes whole graphs. */
interface Lowered {
  readonly graph: Graph;
  readonly program: Program | undefined;
}

/** The graph with legalisation only, and the optimised one. */
const programsOf = (
  { source, graph, stableWeights }: CompiledGraph,
  device: Device,
  batch: number,
): Either<SvertkaError, { readonly plain: Lowered; readonly optimised: Lowered }> => {
  const plain = runPasses(source, { registry: operators, target: device.target, passes: requiredPasses }).graph;
  const lowered = (given: Graph): Either<SvertkaError, Lowered> =>
    device.kind === "graphs"
      ? E.right({ graph: given, program: undefined })
      : pipe(
          lower(given, { registry: operators, target: device.target, batch, stableWeights }),
          E.map((program) => ({ graph: given, program })),
        );
  return pipe(
    E.Do,
    E.bind("plain", () => lowered(plain)),
    E.bind("optimised", () => lowered(graph)),
  );
};

const workOf = ({ graph, program }: Lowered, request: WorkRequest): Work => {
  const ofGraph = graphWork(graph, request);
  return program === undefined
    ? { ...ofGraph, calls: 1, peakBytes: graphPeak(graph, request) }
    : { ...programWork(program), flops: ofGraph.flops };
};

const passExplanations = (runs: readonly PassRun[], request: WorkRequest): readonly PassExplanation[] =>
  runs.map(({ pass, before, after, milliseconds }) => {
    const [was, is] = [graphWork(before, request), graphWork(after, request)];
    return {
      name: pass.name,
      purpose: pass.purpose,
      nodesBefore: before.nodes.length,
      nodesAfter: after.nodes.length,
      removed: surplus(before, after),
      made: surplus(after, before),
      saved: { calls: was.calls - is.calls, flops: was.flops - is.flops, bytes: was.bytes - is.bytes },
      milliseconds,
      before: graphText(before),
      after: graphText(after),
    };
  });

/** Steps that call, with what they compute; of a whole graph the nodes that are computed. */
const layerCalls = ({ graph, program }: Lowered, request: WorkRequest, owners: Owners): readonly ExplainedCall[] => {
  const nodeAt = (id: number): readonly Node[] => graph.nodes.slice(id, id + 1);
  const ofNodes = (kernel: string, ids: readonly number[], shape: readonly number[]): ExplainedCall => ({
    kernel,
    operators: [...new Set(ids.flatMap(nodeAt).map(shownName))].join(", "),
    layers: [...new Set(ids.flatMap((id) => owners.get(id) ?? []))],
    shape,
    nodes: ids,
  });
  if (program === undefined)
    return computedNodes(graph, request).map(({ id, op, type }) =>
      ofNodes(
        op,
        [id],
        type.shape.map((dim) => (typeof dim === "number" ? dim : request.batch)),
      ),
    );
  return program.steps.flatMap((step) => {
    if (step.kind === "call") {
      const call = ofNodes(step.call.kernel, [step.node], step.type.shape);
      // Slots behind those of the nodes hold inputs in the form that a kernel wants.
      return [step.output < graph.nodes.length ? call : { ...call, operators: "an input's form", nodes: [] }];
    }
    if (step.kind !== "joint") return [];
    const [first] = step.outputs;
    return [
      ofNodes(
        step.call.kernel,
        step.outputs.map(({ node }) => node),
        first?.type.shape ?? [],
      ),
    ];
  });
};

const fusedCalls = ({ graph, program }: Lowered, request: WorkRequest, device: string): readonly FusedCall[] => {
  const kernels = new Map(
    program?.steps.flatMap((step) => (step.kind === "call" ? [[step.node, step.call.kernel] as const] : [])),
  );
  return computedNodes(graph, request).flatMap((node) => fusedCall(node, kernels.get(node.id) ?? device));
};

const stepTexts = ({ graph, program }: Lowered, request: WorkRequest): Pick<Explanation, "prepare" | "steps"> =>
  program === undefined
    ? { prepare: [], steps: computedNodes(graph, request).map(nodeText) }
    : { prepare: program.prepare.map(stepText), steps: program.steps.map(stepText) };

const fusedCall = (node: Node, kernel: string): readonly FusedCall[] =>
  node.epilogue === undefined ? [] : [{ operators: operatorsOf(node), kernel, node: nodeText(node) }];

const operatorsOf = ({ op, epilogue = [] }: Node): readonly string[] => [op, ...epilogue.map((stage) => stage.op)];

/** Operators that stand more often in the first graph than in the second. */
const surplus = (first: Graph, second: Graph): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const name of first.nodes.map(shownName)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const name of second.nodes.map(shownName)) counts.set(name, (counts.get(name) ?? 0) - 1);
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
};

const shownName = (node: Node): string => operatorsOf(node).join(" + ");
