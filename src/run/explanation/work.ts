/** What a program costs, predicted from its types: calls, floating-point operations, bytes moved, memory. */
import { liveNodes, type Graph } from "../../compiler/ir/graph.js";
import { operatorOf, registryOf, withFormulas } from "../../compiler/ir/builder.js";
import { concreteShape } from "../../compiler/ir/type.js";
import { fillsOf, readsOf, type Program, type Step } from "../../compiler/lowering/program.js";
import type { ConcreteType } from "../../ops/operator.js";
import { operators } from "../../ops/registry.js";

export interface Work {
  /** Kernel calls; what only renames elements is none. */
  readonly calls: number;
  readonly flops: number;
  /** Read and written by calls: each input and each result once a call. */
  readonly bytes: number;
  /** The most bytes of values (weights and states apart) that live at once. */
  readonly peakBytes: number;
}

export interface WorkRequest {
  readonly batch: number;
  /** Whether weights keep their values between runs, so that what depends on them alone is no work of a run. */
  readonly stableWeights: boolean;
}

const bytesPerElement = 4;

const bytesOf = ({ shape }: ConcreteType): number => shape.reduce((a, b) => a * b, bytesPerElement);

/** Nodes that are computed in each run: somebody reads them, and they are neither fed nor made of stable weights and constants alone. */
export const computedNodes = (graph: Graph, { stableWeights }: Pick<WorkRequest, "stableWeights">): Graph["nodes"] => {
  const known = registryOf(graph, operators);
  const stable = new Set<number>();
  const live = liveNodes(graph);
  return graph.nodes.filter((node) => {
    const isSource = operatorOf(known, node.op).traits.includes("source");
    const isFed = node.op === "input" || (!stableWeights && (node.op === "parameter" || node.op === "state"));
    if (isSource ? !isFed : node.inputs.every((input) => stable.has(input))) stable.add(node.id);
    return !isSource && !stable.has(node.id) && live.has(node.id);
  });
};

/** Of a graph as it stands, each node taken as one call: what a pass saves is the difference. */
export const graphWork = (graph: Graph, request: WorkRequest): Omit<Work, "peakBytes"> => {
  const known = registryOf(graph, operators);
  const types = new Map(
    graph.nodes.map(({ id, type }) => [
      id,
      { dtype: type.dtype, shape: concreteShape(type.shape, request.batch) } satisfies ConcreteType,
    ]),
  );
  let [calls, flops, bytes] = [0, 0, 0];
  for (const { id, op, inputs, attrs, epilogue = [] } of computedNodes(graph, request)) {
    const output = types.get(id);
    const given = inputs.map((input) => types.get(input)).filter((type) => type !== undefined);
    // A reshape gives the same elements another shape; lowering makes a view of it.
    if (output === undefined || op === "reshape") continue;
    const stages = withFormulas(epilogue, known);
    calls += 1;
    flops += operatorOf(known, op).flops({ inputs: given, output, attrs, epilogue: stages });
    for (const stage of epilogue)
      flops += operatorOf(known, stage.op).flops({ inputs: [output], output, attrs: stage.attrs, epilogue: [] });
    bytes += bytesOf(output) + given.reduce((sum, type) => sum + bytesOf(type), 0);
  }
  return { calls, flops, bytes };
};

/** Of the steps that a device will run. */
export const programWork = (program: Program): Omit<Work, "flops"> => {
  const types = typesOf(program);
  const bytesAt = (slot: number): number => bytesOf(types.get(slot) ?? { dtype: "f32", shape: [0] });
  let [calls, bytes] = [0, 0];
  for (const step of program.steps) {
    if (step.kind !== "call" && step.kind !== "joint") continue;
    calls += 1;
    for (const slot of [...new Set(readsOf(step)), ...fillsOf(step)]) bytes += bytesAt(slot);
  }
  return { calls, bytes, peakBytes: peakOf(program, bytesAt) };
};

/** The types of slots. */
export const typesOf = (program: Program): ReadonlyMap<number, ConcreteType> => {
  const types = new Map<number, ConcreteType>(program.feeds.map(({ slot, type }) => [slot, type]));
  for (const step of [...program.prepare, ...program.steps])
    for (const made of madeBy(step)) types.set(made.slot, made.type);
  return types;
};

const madeBy = (step: Step): readonly { readonly slot: number; readonly type: ConcreteType }[] =>
  step.kind === "free" ? [] : step.kind === "joint" ? step.outputs : [{ slot: step.output, type: step.type }];

/** Steps make and free buffers; a view holds the buffer that it looks at. */
const peakOf = (program: Program, bytesAt: (slot: number) => number): number => {
  const held = new Map<number, { readonly bytes: number; users: number }>();
  let alive = 0;
  let peak = 0;
  for (const { kind, slot } of program.feeds)
    if (kind === "input") {
      held.set(slot, { bytes: bytesAt(slot), users: 1 });
      alive += bytesAt(slot);
    }
  for (const step of program.steps) {
    if (step.kind === "free") {
      const buffer = held.get(step.slot);
      if (buffer === undefined) continue;
      buffer.users -= 1;
      if (buffer.users === 0) alive -= buffer.bytes;
    } else if (step.kind === "view") {
      const buffer = held.get(step.input);
      if (buffer === undefined) continue;
      buffer.users += 1;
      held.set(step.output, buffer);
    } else
      for (const slot of fillsOf(step)) {
        held.set(slot, { bytes: bytesAt(slot), users: 1 });
        alive += bytesAt(slot);
      }
    peak = Math.max(peak, alive);
  }
  return peak;
};

/** The most bytes alive at once where the nodes run in their order: no plan in this order needs less. */
export const graphPeak = (graph: Graph, request: WorkRequest): number => {
  const computed = new Set(computedNodes(graph, request).map(({ id }) => id));
  const last = new Map<number, number>();
  for (const { id, inputs } of graph.nodes) for (const input of inputs) last.set(input, id);
  for (const { value } of graph.outputs) last.set(value, graph.nodes.length);
  const bytesAt = (id: number): number => {
    const node = graph.nodes[id];
    const isValue = node !== undefined && (computed.has(id) || node.op === "input");
    return isValue ? bytesOf({ dtype: node.type.dtype, shape: concreteShape(node.type.shape, request.batch) }) : 0;
  };
  let alive = 0;
  let peak = 0;
  for (const { id, inputs } of graph.nodes) {
    alive += bytesAt(id);
    peak = Math.max(peak, alive);
    for (const input of new Set(inputs)) if (last.get(input) === id) alive -= bytesAt(input);
  }
  return peak;
};
