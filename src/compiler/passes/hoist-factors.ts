/** What elementwise formulas compute from small inputs, one number a channel, is computed once a channel, not once an element. */
import { broadcastShapes } from "../../ops/broadcast.js";
import { functionCount, mul, parts, substitute, variable, variablesOf, type Formula } from "../../formula/formula.js";
import { separate } from "../../formula/separate.js";
import { operatorOf } from "../ir/builder.js";
import type { Value } from "../ir/graph.js";
import { sameShape, sizeOf, type Dims } from "../ir/type.js";
import { rewriteGraph, type Site } from "../rewrite/walk.js";
import type { Pass, PassContext } from "./pass.js";

/** Below this many elements a call of its own costs more than it saves. */
const minimalSize = 4096;

/** One function is not worth a call: what divides or takes a root beside it is. */
const minimalFunctions = 2;

/**
 * (x − μ) / √(σ² + ε) · γ + β  =  (x − μ) s + β  with  s = γ / √(σ² + ε)  of one number a channel. Factors are gathered
 * from products, quotients and signs, so the rounding of a product may differ in the last bit.
 */
export const hoistFactors: Pass = {
  name: "hoistFactors",
  purpose: "Computes once a channel what elementwise formulas would compute for each element.",
  requires: "fuseElementwise: chains are one formula",
  ensures: "large formulas apply at most one function to inputs that are all of one smaller shape",
  run: (graph, context) =>
    context.target.formulas === undefined
      ? graph
      : rewriteGraph(graph, context.registry, (site) => hoisted(site, context, context.target.formulas?.inputs ?? 0)),
};

interface Hoisting {
  readonly formula: Formula;
  readonly inputs: readonly Value[];
}

const hoisted = (site: Site, { registry }: PassContext, maximalInputs: number): Value | undefined => {
  const { node } = site;
  const formula = operatorOf(registry, node.op).formula?.(node.attrs);
  if (formula === undefined || node.epilogue !== undefined || node.type.dtype !== "f32" || !isLarge(node.type.shape))
    return undefined;
  let current: Hoisting = { formula, inputs: site.inputs };
  for (const shape of smallerShapes(site.inputs, node.type.shape)) current = withoutSmall(current, shape, site);
  if (current.formula === formula) return undefined;
  const { formula: next, inputs } = read(current);
  return inputs.length <= maximalInputs && keepsShape(inputs, node.type.shape)
    ? site.emit("elementwise", inputs, { formula: next })
    : undefined;
};

const isLarge = (shape: Dims): boolean => {
  const size = sizeOf(shape);
  return typeof size === "string" || size >= minimalSize;
};

const keepsShape = (inputs: readonly Value[], shape: Dims): boolean => {
  const common = broadcastShapes(inputs.map(({ type }) => type.shape));
  return common !== undefined && sameShape(common, shape);
};

/** The shapes of inputs that are stretched to the node's, each once. */
const smallerShapes = (inputs: readonly Value[], whole: Dims): readonly Dims[] => {
  const found: Dims[] = [];
  for (const { type } of inputs)
    if (sizeOf(type.shape) !== sizeOf(whole) && !found.some((shape) => sameShape(shape, type.shape)))
      found.push(type.shape);
  return found;
};

/** Every function of inputs that are no larger than `small` becomes an input of that shape. */
const withoutSmall = ({ formula, inputs }: Hoisting, small: Dims, { emit }: Site): Hoisting => {
  const all = [...inputs];
  const isSmall = (name: string): boolean => {
    const shape = all[Number(name.slice(1))]?.type.shape;
    const common = shape === undefined ? undefined : broadcastShapes([shape, small]);
    return common !== undefined && sameShape(common, small);
  };
  const once = (part: Formula): Formula => {
    const own = read({ formula: part, inputs: all });
    return variable(all.push(emit("elementwise", own.inputs, { formula: own.formula })) - 1);
  };
  const walk = (part: Formula): Formula => {
    if (typeof part !== "object") return part;
    const { coefficient, core } = separate(part, isSmall);
    if (core === 1) return functionCount(part) < minimalFunctions ? part : once(part);
    if (functionCount(coefficient) >= minimalFunctions && variablesOf(coefficient).size > 0)
      return mul(walk(core), once(coefficient));
    const [name] = part;
    const inner = parts(part).map(walk);
    return inner.every((one, index) => one === part[index + 1]) ? part : ([name, ...inner] as unknown as Formula); // Sound: the same name with as many arguments.
  };
  return { formula: walk(formula), inputs: all };
};

/** Without the inputs that the formula does not read; those that it reads in the order of reading. */
const read = ({ formula, inputs }: Hoisting): Hoisting => {
  const names = [...variablesOf(formula)];
  return {
    formula: substitute(formula, (name) => variable(names.indexOf(name))),
    inputs: names.map((name) => inputs[Number(name.slice(1))]).filter((input) => input !== undefined),
  };
};
