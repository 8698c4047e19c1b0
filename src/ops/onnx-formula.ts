/** Any formula as ONNX nodes: what elementwise operators without a name in ONNX become. */
import type { Attributes } from "../compiler/ir/graph.js";
import { sameShape } from "../compiler/ir/type.js";
import { parts, variablesOf, type Formula } from "../formula/formula.js";
import { eachOnce } from "../formula/key.js";
import { sigmoidIn } from "../formula/sigmoid.js";
import { broadcastShapes } from "./broadcast.js";
import { int, type OnnxName, type OnnxRequest, type OnnxValue } from "./onnx.js";
import { inLayout, type Layout } from "./onnx-layout.js";

/** ONNX's number for float32 in `to` of Cast. */
const float32 = 1;

/** Writes a formula over the request's inputs; equal parts are computed once. */
export const writeFormula = (formula: Formula, request: OnnxRequest<Attributes>): OnnxValue => {
  const { layout } = request;
  const name = numberWriter(request, layout)(formula);
  return { layout, name: stretched(name, formula, request, layout) };
};

/** An input that the formula does not read can still give the result its shape. */
const stretched = (
  name: OnnxName,
  formula: Formula,
  { inputs, output, node, sizes }: OnnxRequest<Attributes>,
  layout: Layout,
): OnnxName => {
  const read = [...variablesOf(formula)].map((variable) => inputs[Number(variable.slice(1))]?.shape ?? []);
  const shape = broadcastShapes(read) ?? [];
  return sameShape(shape, output.shape) ? name : node("Expand", [name, sizes(inLayout(layout, output.shape))]);
};

type Write = (formula: Formula) => OnnxName;

const numberWriter = (request: OnnxRequest<Attributes>, layout: Layout): Write => {
  const { node, floats } = request;
  /** A truth value: true where the formula is not 0. */
  const condition: Write = eachOnce((formula) => {
    const [a, b] = parts(formula);
    const comparison = typeof formula === "object" ? comparisons[formula[0]] : undefined;
    if (comparison !== undefined && a !== undefined && b !== undefined) return node(comparison, [number(a), number(b)]);
    return node("Not", [node("Equal", [number(formula), floats([0])])]);
  });

  const number: Write = eachOnce((formula) => {
    if (typeof formula === "number") return floats([formula]);
    if (typeof formula === "string") return floatInput(request, Number(formula.slice(1)), layout);
    const [name] = formula;
    const [a = 0, b = 0, c = 0] = parts(formula);
    if (Object.hasOwn(comparisons, name)) return node("Cast", [condition(formula)], { to: int(float32) });
    if (name === "select") return node("Where", [condition(a), number(b), number(c)]);
    const gate = sigmoidIn(formula);
    if (gate !== undefined) {
      const opened = node("Sigmoid", [number(gate.of)]);
      return gate.times === 1 ? opened : node("Mul", [number(gate.times), opened]);
    }
    const composed = compositions[name];
    if (composed !== undefined) return composed(number(a), request);
    const operator = nodes[name];
    return node(operator ?? "Identity", parts(formula).map(number));
  });
  return number;
};

const floatInput = ({ inputs, aligned, node }: OnnxRequest<Attributes>, index: number, layout: Layout): OnnxName => {
  const name = aligned(index, layout);
  return inputs[index]?.dtype === "i32" ? node("Cast", [name], { to: int(float32) }) : name;
};

const comparisons: Readonly<Record<string, string>> = { gt: "Greater", ge: "GreaterOrEqual", eq: "Equal" };

const nodes: Readonly<Record<string, string>> = {
  neg: "Neg",
  abs: "Abs",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  tanh: "Tanh",
  erf: "Erf",
  sin: "Sin",
  cos: "Cos",
  floor: "Floor",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  max: "Max",
  min: "Min",
  pow: "Pow",
};

/** ONNX has neither of them; near 0 another form keeps the digits. */
const compositions: Readonly<Record<string, (x: OnnxName, request: OnnxRequest<Attributes>) => OnnxName>> = {
  /** e^x − 1 = 2 t / (1 − t) with t = tanh(x / 2). */
  expm1: (x, { node, floats }) => {
    const half = node("Tanh", [node("Mul", [x, floats([0.5])])]);
    const near = node("Div", [node("Mul", [floats([2]), half]), node("Sub", [floats([1]), half])]);
    const far = node("Sub", [node("Exp", [x]), floats([1])]);
    return node("Where", [node("Less", [node("Abs", [x]), floats([0.5])]), near, far]);
  },
  /** log(1 + x) = 2 artanh(x / (2 + x)). */
  log1p: (x, { node, floats }) => {
    const ratio = node("Div", [x, node("Add", [floats([2]), x])]);
    const near = node("Mul", [floats([2]), node("Atanh", [ratio])]);
    const far = node("Log", [node("Add", [floats([1]), x])]);
    return node("Where", [node("Less", [node("Abs", [x]), floats([0.5])]), near, far]);
  },
};
