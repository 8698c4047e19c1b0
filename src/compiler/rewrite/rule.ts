/** Local rewrites as tables of rules that concatenate. */
import type { Registry } from "../ir/builder.js";
import type { Graph, Value } from "../ir/graph.js";
import { rewriteGraph, type Site, type Visitor } from "./walk.js";

export interface Rule {
  readonly name: string;
  /** The operator at whose nodes the rule looks. */
  readonly op: string;
  /** The value that takes the node's place, or nothing when the rule does not apply. */
  readonly rewrite: (site: Site) => Value | undefined;
}

export const rule = (name: string, op: string, rewrite: Rule["rewrite"]): Rule => ({ name, op, rewrite });

/** Applies the first rule that fits at each node, once through the graph; counts what it applied. */
export const applyRules = (
  graph: Graph,
  registry: Registry,
  rules: readonly Rule[],
): { graph: Graph; applied: number } => {
  let applied = 0;
  const rewritten = rewriteGraph(graph, registry, (site) => {
    for (const { op, rewrite } of rules) {
      const value = op === site.node.op ? rewrite(site) : undefined;
      if (value === undefined) continue;
      applied++;
      return value;
    }
    return undefined;
  });
  return { graph: rewritten, applied };
};

/** Applies the rules until none fits; the rules must make progress, and `rounds` bounds them all the same. */
export const applyRulesFully = (graph: Graph, registry: Registry, rules: readonly Rule[], rounds = 8): Graph =>
  untilUnchanged(graph, (current) => applyRules(current, registry, rules), rounds);

/** Walks until a visitor that makes progress changes nothing; the rounds are bounded, so that time stays linear. */
export const rewriteFully = (graph: Graph, registry: Registry, visit: Visitor, rounds = 8): Graph =>
  untilUnchanged(
    graph,
    (current) => {
      let applied = 0;
      const rewritten = rewriteGraph(current, registry, (site) => {
        const value = visit(site);
        if (value !== undefined) applied++;
        return value;
      });
      return { graph: rewritten, applied };
    },
    rounds,
  );

const untilUnchanged = (
  graph: Graph,
  round: (graph: Graph) => { graph: Graph; applied: number },
  rounds: number,
): Graph => {
  let current = graph;
  for (let count = 0; count < rounds; count++) {
    const { graph: next, applied } = round(current);
    if (applied === 0) break;
    current = next;
  }
  return current;
};
