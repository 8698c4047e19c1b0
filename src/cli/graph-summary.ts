/** The summary of a graph whose layers are not known, as a checkpoint has it: a row an operator. */
import { nodesById, type Graph, type Node } from "../compiler/ir/graph.js";
import { flopsOf, peakBytes, type LayerSummary, type Summary } from "../run/summary.js";
import { isWeight, layerOf, weightsOf } from "./weight-nodes.js";

const sizeOfWeight = ({ type }: Node): number =>
  type.shape.reduce<number>((size, axis) => size * (typeof axis === "number" ? axis : 1), 1);

const sum = (weights: readonly Node[]): number => weights.reduce((total, weight) => total + sizeOfWeight(weight), 0);

const rowsOf = (graph: Graph): readonly LayerSummary[] => {
  const nodes = nodesById(graph);
  const counted = new Set<Node>();
  return graph.nodes
    .filter((node) => node.op !== "input" && !isWeight(node))
    .map((node) => {
      const weights = weightsOf(node, nodes);
      // A shared weight counts where it is read first.
      const own = weights.filter((weight) => !counted.has(weight));
      for (const weight of own) counted.add(weight);
      const [first] = weights;
      return {
        name: first === undefined ? `%${node.id}` : layerOf(first),
        op: node.op,
        outputShape: node.type.shape.map((axis) => (typeof axis === "number" ? axis : null)),
        parameters: sum(own),
        trainable: sum(own.filter(({ op }) => op === "parameter")),
      };
    });
};

export const summarizeGraph = (graph: Graph): Summary => {
  const layers = rowsOf(graph);
  const weights = graph.nodes.filter(isWeight);
  const parameters = sum(weights);
  return {
    layers,
    parameters,
    trainable: sum(weights.filter(({ op }) => op === "parameter")),
    flops: flopsOf(graph),
    memory: { parameters: 4 * parameters, values: peakBytes(graph) },
  };
};
