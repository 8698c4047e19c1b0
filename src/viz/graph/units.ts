/** Layers that are drawn in one box: a convolution with the normalisation and activation that nothing else reads between. */
import type { Family, LayerNode } from "./layer-nodes.js";

export interface Unit {
  readonly id: number;
  /** `conv2d 3×3, 64`, then `batchNormalization · relu`. */
  readonly lines: readonly string[];
  /** Of its first layer. */
  readonly name: string;
  readonly family: Family;
  readonly shape: string;
  readonly parameters: number;
  readonly layers: number;
  /** Ids of earlier units. */
  readonly inputs: readonly number[];
}

interface Growing {
  readonly head: LayerNode;
  readonly followers: LayerNode[];
}

/** A box for each layer. */
export const loneUnits = (nodes: readonly LayerNode[]): readonly Unit[] => unitsOf(nodes, () => false);

/**
 * What changes numbers one by one joins the box of what it reads, where nothing else reads that; with weights of its own, as
 * normalisations have, only that of a layer with weights: before a convolution, it belongs to that one.
 */
export const joinedUnits = (nodes: readonly LayerNode[]): readonly Unit[] => {
  const readers = new Map<number, number>();
  for (const { inputs } of nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  return unitsOf(nodes, ({ isLight, parameters }, input, head) => {
    const fits = parameters === 0 ? input.family !== "input" : head.family === "weights";
    return isLight && fits && readers.get(input.id) === 1;
  });
};

const unitsOf = (
  nodes: readonly LayerNode[],
  joins: (node: LayerNode, input: LayerNode, head: LayerNode) => boolean,
): readonly Unit[] => {
  const growing: Growing[] = [];
  const unitOf = new Map<number, number>();
  for (const node of nodes) {
    const [only = -1] = node.inputs;
    const input = nodes[only];
    const at = unitOf.get(only);
    const unit = at === undefined ? undefined : growing[at];
    if (input !== undefined && unit !== undefined && at !== undefined && joins(node, input, unit.head)) {
      unit.followers.push(node);
      unitOf.set(node.id, at);
    } else {
      unitOf.set(node.id, growing.length);
      growing.push({ head: node, followers: [] });
    }
  }
  return growing.map(({ head, followers }, id) => {
    const after = [head.activation, ...followers.flatMap(({ text, activation }) => [text, activation])];
    const second = after.filter((part) => part !== "").join(" · ");
    return {
      id,
      lines: [head.text, ...(second === "" ? [] : [second])],
      name: head.name,
      family: head.family,
      shape: head.shape,
      parameters: [head, ...followers].reduce((sum, { parameters }) => sum + parameters, 0),
      layers: 1 + followers.length,
      inputs: head.inputs.flatMap((input) => unitOf.get(input) ?? []),
    };
  });
};
