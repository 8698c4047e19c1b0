/** Weights and inputs as nodes of a graph: their names, and the layers that they belong to. */
import type { Node } from "../compiler/ir/graph.js";

/** The name that an input, parameter or state carries as an attribute. */
export const nameOf = ({ attrs: { name } }: Node): string => (typeof name === "string" ? name : "");

export const isWeight = ({ op }: Node): boolean => op === "parameter" || op === "state";

/** The layer that a weight belongs to: `stem/conv2d` of `stem/conv2d/kernel`. */
export const layerOf = (weight: Node): string => nameOf(weight).replace(/\/[^/]*$/, "");

/** The weights that a node reads. */
export const weightsOf = (node: Node, nodes: ReadonlyMap<number, Node>): readonly Node[] =>
  node.inputs.flatMap((id) => {
    const input = nodes.get(id);
    return input !== undefined && isWeight(input) ? [input] : [];
  });
