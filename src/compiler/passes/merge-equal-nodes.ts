/** Common subexpressions: nodes with the same operator, inputs and attributes become one. */
import { attributeText } from "../ir/text.js";
import type { Node, Value } from "../ir/graph.js";
import { rewriteGraph } from "../rewrite/walk.js";
import type { Pass } from "./pass.js";

/** All operators are pure (random ones read the step), so equal text means equal value. */
export const mergeEqualNodes: Pass = {
  name: "mergeEqualNodes",
  purpose: "Computes equal things once.",
  requires: "operators are pure",
  ensures: "no two nodes have the same operator, inputs and attributes",
  run: (graph, { registry }) => {
    const seen = new Map<string, Value>();
    return rewriteGraph(graph, registry, ({ node, inputs, copy }) => {
      const key = keyOf(node, inputs);
      const value = seen.get(key) ?? copy(node, inputs);
      seen.set(key, value);
      return value;
    });
  },
};

const keyOf = ({ op, attrs, epilogue = [] }: Node, inputs: readonly Value[]): string => {
  const stages = epilogue.map((stage) => `${stage.op}${attributeText(stage.attrs)}`).join("+");
  return `${op}(${inputs.map((input) => input.id).join(",")})${attributeText(attrs)}${stages}`;
};
