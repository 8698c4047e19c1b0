/** Constant folding: what is computed from numbers in the graph becomes numbers in the graph. */
import { evaluator } from "../../formula/evaluate.js";
import { substitute, variable, type Formula } from "../../formula/formula.js";
import { anywhere } from "../../formula/range.js";
import { simplifyFormula } from "../../formula/simplify.js";
import { broadcastShapes } from "../../ops/broadcast.js";
import { operatorOf } from "../ir/builder.js";
import type { Node, Value } from "../ir/graph.js";
import { sameShape } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/** Weights are not folded here: lowering computes what depends on weights alone once, when they are loaded. */
export const foldConstants: Pass = {
  name: "foldConstants",
  purpose: "Computes at compile time what depends on constants only, and writes single numbers into formulas.",
  requires: "nothing",
  ensures: "no elementwise operator reads a constant that is one number",
  run: (graph, context) => rewriteGraph(graph, context.registry, (site) => folded(site, context)),
};

/** The number that a value is everywhere, when it is such a constant. */
const uniformValue = (value: Value, { producer }: Site): number | undefined => {
  const { op, attrs } = producer(value);
  return op === "constant" && typeof attrs["value"] === "number" ? attrs["value"] : undefined;
};

const folded = (site: Site, { registry }: PassContext): Value | undefined => {
  const { node, inputs } = site;
  if (inputs.length === 0) return undefined;
  const operator = operatorOf(registry, node.op);
  const numbers = inputs.map((input) => uniformValue(input, site));
  if (operator.traits.includes("movesData")) return movedConstant(node, numbers, site);
  const formula = operator.formula?.(node.attrs);
  return formula === undefined ? undefined : foldFormula(formula, numbers, site);
};

/** Moving equal numbers about changes nothing but the shape. */
const movedConstant = (node: Node, numbers: readonly (number | undefined)[], { emit }: Site): Value | undefined => {
  const [value] = numbers;
  const same = numbers.every((number) => number === value) && (node.attrs["value"] ?? value) === value;
  return value === undefined || !same || !isConcrete(node) ? undefined : constantLike(node, value, emit);
};

const isConcrete = ({ type }: Node): boolean => type.shape.every((dim) => typeof dim === "number");

const constantLike = (node: Node, value: number, emit: Site["emit"]): Value =>
  emit("constant", [], { dtype: node.type.dtype, shape: node.type.shape, value });

/** Puts known numbers into the formula, where the other inputs have the result's shape; a formula of numbers is a number. */
const foldFormula = (
  formula: Formula,
  numbers: readonly (number | undefined)[],
  { node, inputs, emit }: Site,
): Value | undefined => {
  const unknown = inputs.flatMap((_, index) => (numbers[index] === undefined ? [index] : []));
  if (unknown.length === inputs.length) return undefined;
  const written = substitute(formula, (name) => {
    const index = Number(name.slice(1));
    return numbers[index] ?? variable(unknown.indexOf(index));
  });
  const next = simplifyFormula(written, () => anywhere);
  if (unknown.length === 0) {
    const value = evaluator(next)([], Number.NaN);
    return isConcrete(node) && Number.isFinite(value) ? constantLike(node, value, emit) : undefined;
  }
  const rest = unknown.map((index) => inputs[index]).filter((input) => input !== undefined);
  const shape = broadcastShapes(rest.map((input) => input.type.shape));
  return shape !== undefined && sameShape(shape, node.type.shape)
    ? emit("elementwise", rest, { formula: next })
    : undefined;
};
