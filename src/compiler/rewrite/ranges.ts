/** Between which numbers the values of each node lie: a small lattice, one walk through the graph. */
import { anywhere, hull, rangeOf, type Range } from "../../formula/range.js";
import type { Formula } from "../../formula/formula.js";
import { operatorOf, type Registry } from "../ir/builder.js";
import type { Graph, Node } from "../ir/graph.js";
import { stageReads } from "../ir/verify.js";

/** Ranges by node; NaN lies in every one. */
export const rangesOf = (graph: Graph, registry: Registry): ((id: number) => Range) => {
  const ranges = new Map<number, Range>();
  const known = (id: number): Range => ranges.get(id) ?? anywhere;
  for (const node of graph.nodes) ranges.set(node.id, afterStages(node, known, registry));
  return known;
};

const afterStages = (node: Node, known: (id: number) => Range, registry: Registry): Range => {
  const stages = node.epilogue ?? [];
  const inputs = node.inputs.map(known);
  let next = inputs.length - stages.reduce((sum, stage) => sum + stageReads(stage, registry), 0);
  let current = ofRoot(node, inputs.slice(0, next), registry);
  for (const stage of stages) {
    const { op, attrs } = stage;
    const reads = stageReads(stage, registry);
    const given = [current, ...inputs.slice(next, next + reads)];
    current = ofFormula(operatorOf(registry, op).formula?.(attrs), given);
    next += reads;
  }
  return current;
};

const ofRoot = ({ op, attrs }: Node, inputs: readonly Range[], registry: Registry): Range => {
  const operator = operatorOf(registry, op);
  const { traits } = operator;
  const constant = attrs["value"];
  const numbers = typeof constant === "number" ? [constant] : Array.isArray(constant) ? constant.map(Number) : [];
  const values = numbers.map((value): Range => ({ min: value, max: value }));
  if (traits.includes("source")) return values.length > 0 ? hull(values) : anywhere;
  // What moves data may put its own number beside (pad).
  if (traits.includes("movesData")) return hull([...inputs, ...values]);
  if (traits.includes("takesGreatest")) return hull(inputs);
  if (traits.includes("withinRange")) return signOf(hull(inputs));
  if (traits.includes("categoricalProbabilities")) return { min: 0, max: Infinity };
  return ofFormula(operator.formula?.(attrs), inputs);
};

/** A mean may be above its greatest part by its rounding, but it is never below 0 where no part is. */
const signOf = ({ min, max }: Range): Range => ({ min: min >= 0 ? 0 : -Infinity, max: max <= 0 ? 0 : Infinity });

const ofFormula = (formula: Formula | undefined, inputs: readonly Range[]): Range =>
  formula === undefined ? anywhere : rangeOf(formula, (name) => inputs[Number(name.slice(1))] ?? anywhere);
