/** A graph: nodes in topological order and named outputs, all plain readonly data. */
import type { Operator } from "../../ops/operator.js";
import type { TensorType } from "./type.js";

/** What an attribute can be: JSON. */
export type Attribute =
  | null
  | boolean
  | number
  | string
  | readonly Attribute[]
  | { readonly [name: string]: Attribute };
export type Attributes = { readonly [name: string]: Attribute };

/**
 * One elementwise step that a fused node applies to its root's result; it reads that and the node's next further inputs:
 * one for a bias or a residual, none for an activation, in this order.
 */
export interface Stage {
  readonly op: string;
  readonly attrs: Attributes;
}

export interface Node {
  readonly id: number;
  readonly op: string;
  /** Ids of earlier nodes. The root operator's inputs come first, then what the stages of the epilogue read. */
  readonly inputs: readonly number[];
  readonly attrs: Attributes;
  readonly type: TensorType;
  /** Present on a fused node only. */
  readonly epilogue?: readonly Stage[];
  /** Nodes of the same number stand one after the other and are computed by one call, as `joinCalls` says. */
  readonly joint?: number;
}

/** What a graph gives back: a result for the caller, or the next value of the parameter or state of that name. */
export interface Output {
  readonly name: string;
  readonly kind: "result" | "update";
  readonly value: number;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly outputs: readonly Output[];
  /** Operators of the user's own that its nodes name, beside those of svertka; nobody else knows them. */
  readonly operators?: ReadonlyMap<string, Operator>;
}

/** A node as the builders and gradients hold it: its id and type. */
export interface Value {
  readonly id: number;
  readonly type: TensorType;
}

/** Adds a node to the graph under construction; its type is derived by the operator's own rule. */
export type Emit = (op: string, inputs: readonly Value[], attrs?: Attributes) => Value;

/** The name of an input, parameter or state. */
export const sourceName = ({ attrs }: Node): string => (typeof attrs["name"] === "string" ? attrs["name"] : "");

/** Nodes by id. */
export const nodesById = (graph: Graph): ReadonlyMap<number, Node> =>
  new Map(graph.nodes.map((node) => [node.id, node]));

/** What is derived of a graph is asked by one pass after the other; graphs do not change. */
const derivedOnce = <A>(derive: (graph: Graph) => A): ((graph: Graph) => A) => {
  const known = new WeakMap<Graph, A>();
  return (graph) => {
    const before = known.get(graph);
    if (before !== undefined) return before;
    const made = derive(graph);
    known.set(graph, made);
    return made;
  };
};

/** The nodes that an output depends on. */
export const liveNodes: (graph: Graph) => ReadonlySet<number> = derivedOnce(({ nodes, outputs }) => {
  const live = new Set<number>(outputs.map((output) => output.value));
  for (const node of nodes.toReversed()) if (live.has(node.id)) node.inputs.forEach((input) => live.add(input));
  return live;
});

/** How often each node is read: by nodes that an output depends on, and by outputs. */
export const readerCounts: (graph: Graph) => ReadonlyMap<number, number> = derivedOnce((graph) => {
  const counts = new Map<number, number>();
  const count = (id: number): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
  const live = liveNodes(graph);
  for (const node of graph.nodes) if (live.has(node.id)) node.inputs.forEach(count);
  for (const output of graph.outputs) count(output.value);
  return counts;
});
