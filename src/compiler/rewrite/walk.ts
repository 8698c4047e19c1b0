/** The one walk that all rewriting passes share: copies a graph node by node, replacing what a visitor replaces. */
import { invariant } from "../../errors.js";
import { graphBuilder, type Registry } from "../ir/builder.js";
import { readerCounts, type Emit, type Graph, type Node, type Value } from "../ir/graph.js";
import { sameType, typeText } from "../ir/type.js";
import { recordImages } from "./ancestry.js";

/** What a visitor sees of a node of the old graph and its surroundings in the new one. */
export interface Site {
  readonly node: Node;
  /** The node's inputs in the new graph. */
  readonly inputs: readonly Value[];
  /** The node of the new graph behind a value. */
  readonly producer: (value: Value) => Node;
  /** The inputs of such a node. */
  readonly inputsOf: (node: Node) => readonly Value[];
  /** Whether one node or output of the old graph reads what became this value; false for nodes that a rewrite just made. */
  readonly readOnce: (value: Value) => boolean;
  /** Whether a value depends on no input: it is made of weights, states and constants. */
  readonly isFixed: (value: Value) => boolean;
  readonly emit: Emit;
  /** Adds a node with this node's fields changed; the caller answers for its type. */
  readonly copy: (node: Node, inputs: readonly Value[]) => Value;
}

export type Visitor = (site: Site) => Value | undefined;

/** A copy shares all but its id and inputs. */
const isAsBefore = (node: Node, made: Node): boolean =>
  node.op === made.op &&
  node.attrs === made.attrs &&
  node.epilogue === made.epilogue &&
  node.inputs.every((id, index) => id === made.inputs[index]);

/**
 * Copies the graph; where the visitor gives a value, that takes the node's place. The types must agree. A graph in which nothing
 * was replaced is given back as it is.
 */
export const rewriteGraph = (graph: Graph, registry: Registry, visit: Visitor): Graph => {
  const builder = graphBuilder(registry);
  const oldReaders = readerCounts(graph);
  const readers = new Map<number, number>();
  const values = new Map<number, Value>();
  const set = (old: number, value: Value): void => {
    values.set(old, value);
    readers.set(value.id, (readers.get(value.id) ?? 0) + (oldReaders.get(old) ?? 0));
  };
  const valueOf = (id: number): Value => {
    const value = values.get(id);
    invariant(value, `%${id} is read before it is made`);
    return value;
  };
  const fixed: boolean[] = [];
  const isFixed = ({ id }: Value): boolean => {
    for (let next = fixed.length; next <= id; next++) {
      const { op, inputs } = builder.node(next);
      fixed.push(op !== "input" && inputs.every((input) => fixed[input] === true));
    }
    return fixed[id] === true;
  };
  // Made once: a walk of a thousand nodes has a thousand sites.
  const { emit, copy } = builder;
  const producer = (value: Value): Node => builder.node(value.id);
  const inputsOf = (node: Node): readonly Value[] => node.inputs.map((id) => ({ id, type: builder.node(id).type }));
  const readOnce = (value: Value): boolean => readers.get(value.id) === 1;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(valueOf);
    const replacement = visit({ node, inputs, producer, inputsOf, readOnce, isFixed, emit, copy });
    invariant(
      replacement === undefined || sameType(replacement.type, node.type),
      `the rewrite of %${node.id} ${node.op} has type ${replacement === undefined ? "" : typeText(replacement.type)}, not ${typeText(node.type)}`,
    );
    set(node.id, replacement ?? builder.copy(node, inputs));
  }
  if (builder.size() === graph.nodes.length && graph.nodes.every((node) => isAsBefore(node, builder.node(node.id))))
    return graph;
  const made = builder.finish(graph.outputs.map((output) => ({ ...output, value: valueOf(output.value).id })));
  return recordImages(graph, made, new Map([...values].map(([old, { id }]) => [old, id])));
};
