/** Whether a value holds probabilities: those of softmax or sigmoid, moved about, or averaged with weights that sum to 1. */
import { operatorOf, type GraphBuilder, type Registry } from "../compiler/ir/builder.js";
import type { Node } from "../compiler/ir/graph.js";
import type { Formula } from "../formula/formula.js";
import type { Trait } from "../ops/operator.js";

export const givesProbabilities = (traits: readonly Trait[]): boolean =>
  traits.includes("categoricalProbabilities") || traits.includes("binaryProbabilities");

/** Rounded weights, as three times 1/3, sum to 1 within this. */
const tolerance = 1e-5;

/** Whether the node's value is probabilities. */
export const holdsProbabilities = (node: Node, builder: GraphBuilder, registry: Registry): boolean =>
  Math.abs((shareIn(node, builder, registry) ?? 0) - 1) < tolerance;

/** c, where the value is a sum of probabilities with weights of at least 0 that sum to c; else undefined. */
const shareIn = (node: Node, builder: GraphBuilder, registry: Registry): number | undefined => {
  const operator = operatorOf(registry, node.op);
  if (givesProbabilities(operator.traits)) return 1;
  const inputShare = (index: number): number | undefined => {
    const input = node.inputs[index];
    return input === undefined ? undefined : shareIn(builder.node(input), builder, registry);
  };
  if (operator.traits.includes("movesData")) return inputShare(0);
  const formula = operator.formula?.(node.attrs);
  return formula === undefined ? undefined : combined(formula, inputShare);
};

const combined = (formula: Formula, inputShare: (index: number) => number | undefined): number | undefined => {
  if (typeof formula === "number") return undefined;
  if (typeof formula === "string") return formula === "y" ? undefined : inputShare(Number(formula.slice(1)));
  const [name, a, b] = formula;
  if (a === undefined || b === undefined) return undefined;
  const share = (part: Formula): number | undefined => combined(part, inputShare);
  if (name === "add") return sum(share(a), () => share(b));
  if (name === "mul") return typeof a === "number" ? scaled(share(b), a) : scaled(share(a), b);
  return name === "div" ? scaled(share(a), typeof b === "number" ? 1 / b : b) : undefined;
};

const sum = (a: number | undefined, other: () => number | undefined): number | undefined => {
  const b = a === undefined ? undefined : other();
  return a === undefined || b === undefined ? undefined : a + b;
};

const scaled = (share: number | undefined, factor: Formula): number | undefined =>
  share !== undefined && typeof factor === "number" && factor >= 0 ? share * factor : undefined;
