/** Ways of other tools to say what one operator says here; the numbers stay the same. */
import type { Graph, Node } from "../../../compiler/ir/graph.js";
import { sameShape } from "../../../compiler/ir/type.js";
import { surroundingsOf } from "./surroundings.js";

/** A reduction that keeps its axes as 1, and a reshape that drops them, are one that drops them: ONNX's GlobalAveragePool and Flatten. */
export const tidied = (graph: Graph): Graph => {
  const around = surroundingsOf(graph);
  const dropped = (node: Node): Node => {
    const reduction = node.op === "reshape" ? around.node(node.inputs[0] ?? -1) : undefined;
    const axes = reduction?.attrs["axes"];
    if (reduction?.attrs["keepDims"] !== true || !Array.isArray(axes) || reduction.epilogue !== undefined) return node;
    const isOnlyReader = around.readers(reduction.id).length === 1 && !around.isResult(reduction.id);
    const kept = reduction.type.shape.filter((_, axis) => !axes.includes(axis));
    return isOnlyReader && sameShape(kept, node.type.shape)
      ? { ...node, op: reduction.op, inputs: reduction.inputs, attrs: { ...reduction.attrs, keepDims: false } }
      : node;
  };
  return { ...graph, nodes: graph.nodes.map(dropped) };
};
