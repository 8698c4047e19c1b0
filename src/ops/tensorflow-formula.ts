/** Any formula as TensorFlow nodes: what elementwise operators without a node of their own become. */
import type { Attributes } from "../compiler/ir/graph.js";
import { sameShape } from "../compiler/ir/type.js";
import { parts, variablesOf, type Formula } from "../formula/formula.js";
import { eachOnce, formulaKey } from "../formula/key.js";
import { sigmoidIn } from "../formula/sigmoid.js";
import { broadcastShapes } from "./broadcast.js";
import type { TensorFlowRequest, TensorFlowValue } from "./tensorflow.js";

/** Writes a formula over the request's inputs; equal parts are computed once. */
export const writeTensorFlowFormula = (formula: Formula, request: TensorFlowRequest<Attributes>): TensorFlowValue => {
  const { inputs, output, graph } = request;
  const value = openGate(formula, request) ?? numberWriter(request)(formula);
  const read = [...variablesOf(formula)].map((variable) => inputs[Number(variable.slice(1))]?.shape ?? []);
  // An input that the formula does not read can still give the result its shape.
  return sameShape(broadcastShapes(read) ?? [], output.shape)
    ? value
    : graph.node("BroadcastTo", [value, graph.sizes(output.shape)]);
};

/** A gradient where a result is above 0, else 0: relu's, one node that stores no truth values. */
const openGate = (
  formula: Formula,
  { values, inputs, graph }: TensorFlowRequest<Attributes>,
): TensorFlowValue | undefined => {
  if (typeof formula !== "object" || formula[0] !== "select" || formula[3] !== 0) return undefined;
  const [, condition, then] = formula;
  if (typeof condition !== "object" || condition[0] !== "gt" || condition[2] !== 0) return undefined;
  const [gradient, result] = [then, condition[1]].map((part) =>
    typeof part === "string" ? Number(part.slice(1)) : Number.NaN,
  );
  const [dy, y] = [inputs[gradient ?? -1], inputs[result ?? -1]];
  const [by, of] = [values[gradient ?? -1], values[result ?? -1]];
  // x behind its own gate (a threshold) is no gradient: ReluGrad would let a NaN through.
  const fits = gradient !== result && dy?.dtype === "f32" && y?.dtype === "f32" && sameShape(dy.shape, y.shape);
  return fits && by !== undefined && of !== undefined ? graph.node("ReluGrad", [by, of]) : undefined;
};

type Write = (formula: Formula) => TensorFlowValue;

const numberWriter = ({ values, graph }: TensorFlowRequest<Attributes>): Write => {
  /** A truth value: true where the formula is not 0. */
  const condition: Write = eachOnce((formula) => {
    const [a, b] = parts(formula);
    const comparison = typeof formula === "object" ? comparisons[formula[0]] : undefined;
    return comparison !== undefined && a !== undefined && b !== undefined
      ? graph.node(comparison, [number(a), number(b)], {}, "bool")
      : graph.node("NotEqual", [number(formula), graph.constant("f32", 0, [])], {}, "bool");
  });

  const number: Write = eachOnce((formula) => {
    if (typeof formula === "number") return graph.constant("f32", formula, []);
    if (typeof formula === "string") return asFloat(values[Number(formula.slice(1))]);
    const [name] = formula;
    if (Object.hasOwn(comparisons, name))
      return graph.node(
        "Cast",
        [condition(formula)],
        { T: undefined, SrcT: { type: "bool" }, DstT: { type: "f32" } },
        "f32",
      );
    if (name === "select") {
      const [, a, b, c] = formula;
      return graph.node("SelectV2", [condition(a), number(b), number(c)], { T: { type: "f32" } }, "f32");
    }
    const gate = sigmoidIn(formula);
    if (gate?.times === 1) return graph.node("Sigmoid", [number(gate.of)]);
    if (isSquare(formula)) return graph.node("Square", [number(formula[1])]);
    return graph.node(nodes[name] ?? "Identity", parts(formula).map(number));
  });

  const asFloat = (value: TensorFlowValue | undefined): TensorFlowValue => {
    if (value === undefined) return graph.constant("f32", Number.NaN, []);
    return value.type === "f32"
      ? value
      : graph.node("Cast", [value], { T: undefined, SrcT: { type: value.type }, DstT: { type: "f32" } }, "f32");
  };
  return number;
};

const isSquare = (formula: Formula): formula is readonly ["mul", Formula, Formula] =>
  typeof formula === "object" && formula[0] === "mul" && formulaKey(formula[1]) === formulaKey(formula[2]);

const comparisons: Readonly<Record<string, string>> = { gt: "Greater", ge: "GreaterEqual", eq: "Equal" };

const nodes: Readonly<Record<string, string>> = {
  neg: "Neg",
  abs: "Abs",
  exp: "Exp",
  expm1: "Expm1",
  log: "Log",
  log1p: "Log1p",
  sqrt: "Sqrt",
  tanh: "Tanh",
  erf: "Erf",
  sin: "Sin",
  cos: "Cos",
  floor: "Floor",
  add: "AddV2",
  sub: "Sub",
  mul: "Mul",
  div: "RealDiv",
  max: "Maximum",
  min: "Minimum",
  pow: "Pow",
};
