/** Which layers stand behind the nodes of a graph, before the passes and after them. */
import { sourceName, type Graph } from "../../compiler/ir/graph.js";
import { ancestry } from "../../compiler/rewrite/ancestry.js";
import type { LayerInfo } from "../../dsl/to-graph.js";

/** The names of what a node stands for: `conv2d`, `∂ conv2d` for its gradients, `optimizer`, `loss`. */
export type Owners = ReadonlyMap<number, readonly string[]>;

const gradientSign = "∂";

/** By node of the graph as the model gives it; without layers, as a checkpoint has none, by the weights that nodes read. */
export const sourceOwners = (graph: Graph, layers: readonly Pick<LayerInfo, "name" | "nodes">[]): Owners => {
  const owners = new Map<number, string>();
  for (const { name, nodes } of layers)
    for (let id = nodes.first; id < nodes.end; id++) if (!owners.has(id)) owners.set(id, name);
  const end = layers.reduce((last, { nodes }) => Math.max(last, nodes.end), 0);
  const isOptimizer = new Set<number>();
  for (const node of graph.nodes) {
    const weight = node.op === "parameter" || node.op === "state" ? sourceName(node) : undefined;
    if (node.inputs.some((input) => isOptimizer.has(input)) || isOptimizerSource(sourceName(node)))
      isOptimizer.add(node.id);
    // Numbers belong to nobody: equal ones of different layers are one.
    if (owners.has(node.id) || node.op === "input" || node.op === "constant") continue;
    const owner =
      weight !== undefined
        ? ownerOfWeight(weight)
        : isOptimizer.has(node.id)
          ? "optimizer"
          : layers.length === 0
            ? ownerAmong(node.inputs, graph, owners)
            : gradientOwner(node.inputs, { graph, owners, end });
    if (owner !== undefined) owners.set(node.id, owner);
  }
  return new Map([...owners].map(([id, owner]) => [id, [owner]]));
};

const isOptimizerSource = (name: string): boolean => name.startsWith("optimizer:") || name === "step:learningRate";

const ownerOfWeight = (name: string): string =>
  isOptimizerSource(name) ? "optimizer" : name.startsWith("step") ? "step" : name.replace(/\/[^/]*$/, "");

/** Of a graph without layers: the layer of the weights that it reads. */
const ownerAmong = (
  inputs: readonly number[],
  { nodes }: Graph,
  owners: ReadonlyMap<number, string>,
): string | undefined =>
  inputs
    .map((id) => (nodes[id]?.op === "parameter" || nodes[id]?.op === "state" ? owners.get(id) : undefined))
    .find(Boolean);

interface Behind {
  readonly graph: Graph;
  readonly owners: ReadonlyMap<number, string>;
  /** The first node behind the layers. */
  readonly end: number;
}

/** What reads a layer's weight is its gradient; else the layer whose values were made last; else what its inputs belong to. */
const gradientOwner = (inputs: readonly number[], { graph, owners, end }: Behind): string | undefined => {
  const forward = inputs.filter((id) => id < end && owners.has(id));
  const weight = forward.find((id) => graph.nodes[id]?.op === "parameter");
  const near = weight ?? (forward.length === 0 ? undefined : Math.max(...forward));
  const owner = near === undefined ? undefined : owners.get(near);
  const behind = inputs.map((id) => owners.get(id)).findLast((known) => known !== undefined);
  if (owner === undefined) return behind ?? "loss";
  // The first that read the outputs make the loss.
  return inputs.some((id) => id >= end && owners.has(id)) ? `${gradientSign} ${owner}` : "loss";
};

/** By node of the optimised graph: the names, in the order of the model. */
export const ownersAfter = (source: Graph, optimised: Graph, before: Owners): Owners => {
  const accounts = ancestry(source, optimised);
  return new Map(
    [...accounts].map(([id, ids]) => [
      id,
      [...new Set([...ids].toSorted((a, b) => a - b).flatMap((origin) => before.get(origin) ?? []))],
    ]),
  );
};
