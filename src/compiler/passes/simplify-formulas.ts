/** Algebra and value ranges: an elementwise operator that does nothing goes, and one that does less becomes less. */
import { functionCount, substitute, variable, variablesOf, type Formula } from "../../formula/formula.js";
import { formulaKey } from "../../formula/key.js";
import type { Range } from "../../formula/range.js";
import { simplifyFormula } from "../../formula/simplify.js";
import { operatorOf, type Registry } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { f32, sameType } from "../ir/type.js";
import { E } from "../../fp.js";
import { rangesOf } from "../rewrite/ranges.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/**
 * Formulas are simplified with what is known of their inputs' values: relu(relu6(x)) is relu6(x), relu6(relu(x)) is
 * relu6(x), −(−x) is x, 2 (3 x) is 6 x. A formula that is an activation's gets its name, so that kernels take it.
 */
export const simplifyFormulas: Pass = {
  name: "simplifyFormulas",
  purpose: "Removes arithmetic that changes nothing, given the ranges of values, and joins what is one function.",
  requires: "nothing",
  ensures: "no formula of one node can be shortened by what is known of its inputs",
  run: (graph, { registry }) => {
    const ranges = rangesOf(graph, registry);
    const names = activationNames(registry);
    return rewriteGraph(graph, registry, (site) => simplified(site, { registry, ranges, names }));
  },
};

interface Known extends Pick<PassContext, "registry"> {
  readonly ranges: (id: number) => Range;
  readonly names: ReadonlyMap<string, string>;
}

const simplified = (site: Site, { registry, ranges, names }: Known): Value | undefined => {
  const { node, inputs, emit } = site;
  const own = formulaOf(node, registry);
  if (own === undefined) return undefined;
  const joined = chained(site, own, registry);
  const { formula, values } = joined ?? { formula: own, values: inputs };
  const shorter =
    joined === undefined
      ? simplifyFormula(own, (name) => ranges(node.inputs[Number(name.slice(1))] ?? -1))
      : joined.formula;
  const [only] = values;
  if (shorter === "x0" && only !== undefined && sameType(only.type, node.type)) return only;
  const name = values.length === 1 ? names.get(formulaKey(shorter)) : undefined;
  if (name !== undefined && (joined !== undefined || name !== node.op)) return emit(name, values);
  const isSame = joined === undefined && formulaKey(shorter) === formulaKey(formula);
  return isSame || name !== undefined ? undefined : reading(site, shorter, values);
};

/** The node that computes a formula of these values, if it has the node's shape without those that are not read any more. */
const reading = ({ node, emit }: Site, formula: Formula, values: readonly Value[]): Value | undefined => {
  const read = [...variablesOf(formula)].map((name) => Number(name.slice(1)));
  const left = read.map((index) => values[index]).filter((value) => value !== undefined);
  if (left.length === 0 || !left.some(({ type }) => sameType(type, node.type))) return undefined;
  const renamed = substitute(formula, (name) => variable(read.indexOf(Number(name.slice(1)))));
  const [only] = left;
  return renamed === "x0" && only !== undefined ? only : emit("elementwise", left, { formula: renamed });
};

/** A function of a function of one value, where both together take no more than the outer one does. */
const chained = (
  site: Site,
  outer: Formula,
  registry: Registry,
): { readonly formula: Formula; readonly values: readonly Value[] } | undefined => {
  const [x, ...others] = site.inputs;
  if (x === undefined || others.length > 0 || !site.readOnce(x) || !sameType(x.type, site.node.type)) return undefined;
  const producer = site.producer(x);
  const inner = formulaOf(producer, registry);
  const values = site.inputsOf(producer);
  if (inner === undefined || values.length !== 1) return undefined;
  const formula = simplifyFormula(
    substitute(outer, () => inner),
    () => ({ min: -Infinity, max: Infinity }),
  );
  return functionCount(formula) <= functionCount(outer) ? { formula, values } : undefined;
};

const formulaOf = ({ op, attrs, epilogue, type }: Node, registry: Registry): Formula | undefined =>
  epilogue === undefined && type.dtype === "f32" ? operatorOf(registry, op).formula?.(attrs) : undefined;

/** Activations without attributes, by their formulas. */
const activationNames = (registry: Registry): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const operator of registry.values()) {
    if (!operator.traits.includes("activation") || E.isLeft(operator.type([f32(1)], {}))) continue;
    const formula = operator.formula?.({});
    const key = formula === undefined ? "" : formulaKey(formula);
    if (formula !== undefined && !names.has(key)) names.set(key, operator.name);
  }
  return names;
};
