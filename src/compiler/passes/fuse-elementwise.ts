/** Chains of elementwise operators become one operator with one formula: one kernel, and nothing stored between. */
import { sameShape } from "../ir/type.js";
import { operatorOf } from "../ir/builder.js";
import type { Graph, Node, Value } from "../ir/graph.js";
import { functionCount, substitute, variable, variablesOf, type Formula } from "../../formula/formula.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/** Functions in one formula: a longer one would need more registers than there are, and browsers compile small modules at once only. */
const maximalSize = 160;

/**
 * An elementwise node takes in the elementwise producers that nobody else reads and that have its shape: a smaller one
 * (a scale per channel) would be computed again for each element. The formula of the whole is the one with the other's
 * formula in the place of its variable; a value that several parts read is one input.
 */
export const fuseElementwise: Pass = {
  name: "fuseElementwise",
  purpose: "Makes a chain of elementwise operators one formula, and so one kernel.",
  requires: "epilogues are fused: what a convolution's kernel can take is gone",
  ensures:
    "no elementwise value that one elementwise node reads in its own shape is stored, where the backend generates kernels",
  run: (graph, context) => {
    const { formulas } = context.target;
    if (formulas === undefined) return graph;
    const stable = stableNodes(graph, context);
    return rewriteGraph(graph, context.registry, (site) => fused(site, context, stable, formulas.inputs));
  },
};

/** What is computed once, before the first batch, must not move behind it: what depends on no input, where no weight changes. */
const stableNodes = (graph: Graph, { registry }: PassContext): ReadonlySet<number> => {
  const stable = new Set<number>();
  if (graph.outputs.some(({ kind }) => kind === "update")) return stable;
  for (const node of graph.nodes) {
    const isSource = operatorOf(registry, node.op).traits.includes("source");
    if (isSource ? node.op !== "input" : node.inputs.every((id) => stable.has(id))) stable.add(node.id);
  }
  return stable;
};

interface Part {
  readonly formula: Formula;
  readonly inputs: readonly Value[];
}

const fused = (
  site: Site,
  { registry }: PassContext,
  stable: ReadonlySet<number>,
  maximalInputs: number,
): Value | undefined => {
  const { node } = site;
  const own = formulaOf(node, registry);
  // An input that is not read still gives the result its shape.
  if (own === undefined || variablesOf(own).size !== node.inputs.length) return undefined;
  if (node.inputs.every((id) => stable.has(id))) return undefined;
  let whole: Part = { formula: own, inputs: site.inputs };
  let joined = 0;
  site.inputs.forEach((value, index) => {
    const old = node.inputs[index];
    if (old === undefined || stable.has(old) || !site.readOnce(value) || !sameShape(value.type.shape, node.type.shape))
      return;
    const producer = site.producer(value);
    const formula = formulaOf(producer, registry);
    if (formula === undefined) return;
    const next = inserted(whole, value, { formula, inputs: site.inputsOf(producer) });
    if (next.inputs.length > maximalInputs || functionCount(next.formula) > maximalSize) return;
    whole = next;
    joined += 1;
  });
  return joined === 0 ? undefined : site.emit("elementwise", whole.inputs, { formula: whole.formula });
};

/** The formula of an elementwise node of float32; of a fused one nothing. */
const formulaOf = ({ op, attrs, epilogue, type }: Node, registry: PassContext["registry"]): Formula | undefined =>
  epilogue === undefined && type.dtype === "f32" ? operatorOf(registry, op).formula?.(attrs) : undefined;

/** The formula of `whole` with that of `part` in the place of `value`; each input is named once. */
const inserted = (whole: Part, value: Value, part: Part): Part => {
  const inputs: Value[] = [];
  const nameOf = (input: Value | undefined): Formula => {
    if (input === undefined) return Number.NaN; // a variable without an input: as the reference
    const known = inputs.findIndex(({ id }) => id === input.id);
    return variable(known === -1 ? inputs.push(input) - 1 : known);
  };
  const rename = ({ formula, inputs: named }: Part, replace: (input: Value | undefined) => Formula): Formula =>
    substitute(formula, (name) => replace(named[Number(name.slice(1))]));
  // In the order of reading, so that equal graphs give equal text.
  const inner = (): Formula => rename(part, nameOf);
  const formula = rename(whole, (input) => (input?.id === value.id ? inner() : nameOf(input)));
  return { formula, inputs };
};
