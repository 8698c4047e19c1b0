/** A graph as raising looks at it: its nodes, who reads them, and which of them come from the model's inputs. */
import { nodesById, type Graph, type Node } from "../../../compiler/ir/graph.js";

export interface Surroundings {
  readonly node: (id: number) => Node | undefined;
  /** The nodes that read it, each once, as far as an output depends on them. */
  readonly readers: (id: number) => readonly Node[];
  /** Whether an output of the graph is this node. */
  readonly isResult: (id: number) => boolean;
  /** Whether it depends on an input of the model; others are weights, constants, and what is made of these alone. */
  readonly isData: (id: number) => boolean;
  /** Whether an output depends on it. */
  readonly isLive: (id: number) => boolean;
}

export const surroundingsOf = (graph: Graph): Surroundings => {
  const nodes = nodesById(graph);
  const results = new Set(graph.outputs.map(({ value }) => value));
  const live = new Set(results);
  for (const node of graph.nodes.toReversed()) if (live.has(node.id)) node.inputs.forEach((id) => live.add(id));
  const readers = new Map<number, Set<Node>>();
  const data = new Set<number>();
  for (const node of graph.nodes) {
    if (node.op === "input" || node.op === "uniform" || node.inputs.some((id) => data.has(id))) data.add(node.id);
    if (live.has(node.id)) for (const id of node.inputs) readers.set(id, (readers.get(id) ?? new Set()).add(node));
  }
  return {
    node: (id) => nodes.get(id),
    readers: (id) => [...(readers.get(id) ?? [])],
    isResult: (id) => results.has(id),
    isData: (id) => data.has(id),
    isLive: (id) => live.has(id),
  };
};
