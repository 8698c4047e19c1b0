/** Rewrites what the target lacks, or does badly, into what it does well. */
import { concreteShape, type TensorType } from "../ir/type.js";
import { operatorOf } from "../ir/builder.js";
import type { Graph, Node, Value } from "../ir/graph.js";
import type { ConcreteType, Operator } from "../../ops/operator.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/** A decomposition may use operators that are decomposed in turn, but not endlessly. */
const maximalRounds = 8;

/** What stays illegal is reported by lowering, as a feature that the backend does not support. */
export const legalize: Pass = {
  name: "legalize",
  purpose: "Rewrites what the backend lacks or does badly into what it does well.",
  requires: "no epilogues yet",
  ensures: "the target has every operator that can be decomposed",
  run: (graph, context) => {
    let current = graph;
    for (let round = 0; round < maximalRounds; round++) {
      const next = rewriteOnce(current, context);
      if (next === undefined) break;
      current = next;
    }
    return current;
  },
};

const rewriteOnce = (graph: Graph, context: PassContext): Graph | undefined => {
  let changed = false;
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const next = rewriteGraph(graph, context.registry, (site) => {
    const value = legalized(site, types, context);
    changed ||= value !== undefined;
    return value;
  });
  return changed ? next : undefined;
};

const legalized = (
  { node, inputs, emit }: Site,
  types: ReadonlyMap<number, TensorType>,
  { registry, target }: PassContext,
): Value | undefined => {
  const operator = operatorOf(registry, node.op);
  if (operator.traits.includes("source")) return undefined;
  if (!target.avoids.has(node.op) && has(operator, node, types, target)) return undefined;
  return operator.decompose?.({ inputs, output: node.type, attrs: node.attrs, emit });
};

/** Whether the target has the operator; asked for a batch of one, since kernels do not depend on the batch size. */
const has = (
  operator: Operator,
  node: Node,
  types: ReadonlyMap<number, TensorType>,
  target: PassContext["target"],
): boolean => {
  const concrete = ({ dtype, shape }: TensorType): ConcreteType => ({ dtype, shape: concreteShape(shape, 1) });
  const inputs = node.inputs.map((id) => types.get(id)).filter((type) => type !== undefined);
  return target.has(operator, {
    inputs: inputs.map(concrete),
    output: concrete(node.type),
    attrs: node.attrs,
    epilogue: [],
  });
};
