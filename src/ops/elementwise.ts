/** The family of elementwise operators: type rule, gradient, kernel call and cost follow from one formula. */
import { invariant } from "../errors.js";
import { E } from "../fp.js";
import type { Attributes, Value } from "../compiler/ir/graph.js";
import { f32, sameShape, typeText } from "../compiler/ir/type.js";
import { isFormula } from "../formula/check.js";
import { derivative } from "../formula/derivative.js";
import {
  functionCount,
  mul,
  neg,
  select,
  substitute,
  variable,
  variablesOf,
  type Formula,
  type Variable,
} from "../formula/formula.js";
import { broadcastShapes, stretchedAxes } from "./broadcast.js";
import type { GradientRequest, KernelCall, KernelRequest, Operator, Trait } from "./operator.js";

export interface ElementwiseFacts<A extends Attributes> {
  readonly name: string;
  /** Number of inputs; undefined: as many as the formula reads. */
  readonly arity?: number;
  readonly traits?: readonly Trait[];
  readonly formula: (attrs: A) => Formula;
  /** Derivatives by each input in terms of x0, x1, … and y, the output, where those are better than the symbolic ones. */
  readonly derivatives?: (attrs: A) => readonly Formula[];
  /** TensorFlow.js's kernel, where there is a good one. */
  readonly kernel?: (attrs: A) => KernelCall;
}

/** Makes the operator of a formula. */
export const elementwise = <A extends Attributes>(facts: ElementwiseFacts<A>): Operator<A> => ({
  kind: "operator",
  name: facts.name,
  traits: ["elementwise", ...(facts.traits ?? [])],
  formula: facts.formula,
  type: (inputs, attrs) => {
    const formula = facts.formula(attrs);
    if (!isFormula(formula)) return E.left(`${facts.name}: ${JSON.stringify(attrs).slice(0, 80)} makes no formula`);
    const arity = facts.arity ?? arityOfFormula(formula);
    if (inputs.length !== arity) return E.left(`${facts.name} takes ${arity} inputs, got ${inputs.length}`);
    const shape = broadcastShapes(inputs.map((input) => input.shape));
    return shape === undefined
      ? E.left(`${facts.name}: ${inputs.map(typeText).join(" and ")} do not broadcast`)
      : E.right(f32(...shape));
  },
  gradient: (request) => elementwiseGradient(request, facts),
  kernel: ({ inputs, attrs }) =>
    facts.kernel !== undefined && inputs.every((input) => input.dtype === "f32")
      ? facts.kernel(attrs)
      : formulaCall(facts.formula(attrs), inputs.length),
  flops: ({ output, attrs }: KernelRequest<A>) =>
    functionCount(facts.formula(attrs)) * output.shape.reduce((a, b) => a * b, 1),
});

/** The call of our own kernel for any formula. */
export const formulaCall = (formula: Formula, inputs: number): KernelCall => ({
  kernel: "elementwise",
  inputs: Array.from({ length: inputs }, (_, i) => i),
  attrs: { formula },
});

const arityOfFormula = (formula: Formula): number =>
  1 + Math.max(-1, ...[...variablesOf(formula)].map((name) => Number(name.slice(1))));

const elementwiseGradient = <A extends Attributes>(
  { inputs, output, outputGradient, attrs, needs, emit }: GradientRequest<A>,
  facts: ElementwiseFacts<A>,
): readonly (Value | undefined)[] => {
  const formula = facts.formula(attrs);
  const own = facts.derivatives?.(attrs);
  return inputs.map((input, i) => {
    const slope = own?.[i] ?? derivative(formula, variable(i));
    if (!needs(i) || slope === 0) return undefined;
    const values = new Map<Variable, Value>([
      ["y", output],
      ...inputs.map((value, k) => [variable(k), value] as const),
    ]);
    return sumToShape(applySlope(slope, outputGradient, values, emit), input, emit);
  });
};

/** dy · slope as one node that reads only what the slope reads. */
const applySlope = (
  slope: Formula,
  outputGradient: Value,
  values: ReadonlyMap<Variable, Value>,
  emit: GradientRequest<Attributes>["emit"],
): Value => {
  if (slope === 1) return outputGradient;
  const read = [...variablesOf(slope)];
  const renamed = substitute(slope, (name) => variable(read.indexOf(name) + 1));
  const inputs = read.map((name) => {
    const value = values.get(name);
    invariant(value, `the derivative reads ${name}, which is no input`);
    return value;
  });
  return emit("elementwise", [outputGradient, ...inputs], { formula: scaled("x0", renamed) });
};

/** dy · slope; a mask becomes a selection, which keeps a NaN behind a closed gate out. */
const scaled = (dy: Formula, slope: Formula): Formula => {
  if (slope === -1) return neg(dy);
  if (typeof slope === "object" && slope[0] === "select") {
    const [, condition, then, otherwise] = slope;
    return select(condition, scaled(dy, then), scaled(dy, otherwise));
  }
  return slope === 0 ? 0 : mul(dy, slope);
};

/** Sums a gradient over the axes along which its input was stretched. */
export const sumToShape = (gradient: Value, input: Value, emit: GradientRequest<Attributes>["emit"]): Value => {
  const axes = stretchedAxes(input.type.shape, gradient.type.shape);
  const summed = axes.length === 0 ? gradient : emit("reduceSum", [gradient], { axes, keepDims: false });
  return sameShape(summed.type.shape, input.type.shape)
    ? summed
    : emit("reshape", [summed], { shape: input.type.shape });
};

/** Any formula as an operator: what gradients, losses and optimisers are made of. */
export const elementwiseOperator = elementwise<{ readonly formula: Formula }>({
  name: "elementwise",
  formula: ({ formula }) => formula,
}) satisfies Operator<{ readonly formula: Formula }>;
