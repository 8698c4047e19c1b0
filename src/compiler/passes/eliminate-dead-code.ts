/** Drops nodes whose results nobody reads, and numbers the rest 0, 1, 2 … */
import { liveNodes, type Graph } from "../ir/graph.js";
import { recordImages } from "../rewrite/ancestry.js";
import type { Pass } from "./pass.js";

/** Inputs stay: they are the graph's signature. */
export const eliminateDeadCode: Pass = {
  name: "eliminateDeadCode",
  purpose: "Drops nodes whose results nobody reads.",
  requires: "nothing",
  ensures: "every node but the inputs is read",
  run: (graph) => liveOnly(graph),
};

const liveOnly = (graph: Graph): Graph => {
  const live = liveNodes(graph);
  const kept = graph.nodes.filter((node) => live.has(node.id) || node.op === "input");
  if (kept.length === graph.nodes.length && kept.every(({ id }, index) => id === index)) return graph;
  const renamed = new Map(kept.map((node, index) => [node.id, index]));
  const rename = (id: number): number => renamed.get(id) ?? id;
  const made = {
    nodes: kept.map((node) => ({ ...node, id: rename(node.id), inputs: node.inputs.map(rename) })),
    outputs: graph.outputs.map((output) => ({ ...output, value: rename(output.value) })),
  };
  return recordImages(graph, made, renamed);
};
