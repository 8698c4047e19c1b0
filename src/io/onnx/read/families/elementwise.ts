/** ONNX's elementwise operators that are formulas of ours. */
import {
  abs,
  add,
  cos,
  div,
  eq,
  erf,
  exp,
  expm1,
  ge,
  gt,
  log,
  log1p,
  mul,
  neg,
  pow,
  select,
  sin,
  sqrt,
  sub,
  x0,
  x1,
  type Formula,
} from "../../../../formula/formula.js";
import type { OnnxElement, OnnxReadAttributes, OnnxReading, OnnxTensor } from "../../../../ops/onnx-reading.js";
import { applied } from "../../../../ops/onnx-reading-tensors.js";

const floor = (a: Formula): Formula => ["floor", a];
const max = (a: Formula, b: Formula): Formula => ["max", a, b];
const min = (a: Formula, b: Formula): Formula => ["min", a, b];
/** Towards zero. */
export const truncated = (a: Formula): Formula => select(ge(a, 0), floor(a), neg(floor(neg(a))));
/** To the nearest, ties to even: IEEE 754's default. */
const rounded = (a: Formula): Formula => {
  const up = floor(add(a, 0.5));
  return select(eq(up, add(a, 0.5)), mul(2, floor(div(up, 2))), up);
};
const signed = (a: Formula, of: (a: Formula) => Formula): Formula => select(ge(a, 0), of(a), neg(of(neg(a))));
/** With the sign of x0; where the divisor is infinite it is x0 itself. */
const rest: Formula = select(eq(truncated(div(x0, x1)), 0), x0, sub(x0, mul(truncated(div(x0, x1)), x1)));
/** With the sign of x1. */
const signedRest: Formula = select(gt(0, mul(rest, x1)), add(rest, x1), rest);
const not = (a: Formula): Formula => sub(1, a);
/** The largest float32: what is above it is infinite. */
const largest = 3.4028234663852886e38;

interface Facts {
  readonly formula: (attributes: OnnxReadAttributes, element: OnnxElement) => Formula;
  readonly inputs?: 1 | 2 | 3;
  /** What the results stand for; by default what the inputs do. */
  readonly gives?: OnnxElement;
}

const unary = (formula: Formula): Facts => ({ formula: () => formula });
const binary = (formula: Formula): Facts => ({ formula: () => formula, inputs: 2 });
const compared = (formula: Formula): Facts => ({ formula: () => formula, inputs: 2, gives: "truth" });

const formulas: Readonly<Record<string, Facts>> = {
  Abs: unary(abs(x0)),
  Acosh: unary(log(add(x0, sqrt(sub(mul(x0, x0), 1))))),
  // The second form keeps the digits near 0.
  Asinh: unary(signed(x0, (a) => log1p(add(a, div(mul(a, a), add(1, sqrt(add(mul(a, a), 1)))))))),
  Atanh: unary(mul(0.5, log1p(div(mul(2, x0), sub(1, x0))))),
  Ceil: unary(neg(floor(neg(x0)))),
  Cos: unary(cos(x0)),
  Cosh: unary(mul(0.5, add(exp(x0), exp(neg(x0))))),
  Erf: unary(erf(x0)),
  Exp: unary(exp(x0)),
  Floor: unary(floor(x0)),
  Log: unary(log(x0)),
  Neg: unary(neg(x0)),
  Reciprocal: unary(div(1, x0)),
  Round: unary(rounded(x0)),
  Sign: unary(select(gt(x0, 0), 1, select(gt(0, x0), -1, x0))),
  Sin: unary(sin(x0)),
  Sinh: unary(signed(x0, (a) => mul(0.5, add(expm1(a), div(expm1(a), add(expm1(a), 1)))))),
  Sqrt: unary(sqrt(x0)),
  Tan: unary(div(sin(x0), cos(x0))),
  Not: { formula: () => not(x0), gives: "truth" },
  IsNaN: { formula: () => not(eq(x0, x0)), gives: "truth" },
  IsInf: {
    formula: ({ int }) => {
      const above = int("detect_positive", 1) === 0 ? 0 : gt(x0, largest);
      const below = int("detect_negative", 1) === 0 ? 0 : gt(-largest, x0);
      return select(above, 1, below);
    },
    gives: "truth",
  },
  HardSigmoid: {
    formula: ({ float }) => min(max(add(mul(float("alpha", 0.2), x0), float("beta", 0.5)), 0), 1),
  },
  Selu: {
    formula: ({ float }) => {
      const [alpha, gamma] = [float("alpha", 1.6732632423543772), float("gamma", 1.0507009873554805)];
      return select(gt(x0, 0), mul(gamma, x0), mul(gamma * alpha, expm1(x0)));
    },
  },
  Shrink: {
    formula: ({ float }) => {
      const [bias, lambda] = [float("bias", 0), float("lambd", 0.5)];
      return select(gt(-lambda, x0), add(x0, bias), select(gt(x0, lambda), sub(x0, bias), 0));
    },
  },
  Swish: { formula: ({ float }) => div(x0, add(1, exp(mul(-float("alpha", 1), x0)))) },
  Sub: binary(sub(x0, x1)),
  Mul: binary(mul(x0, x1)),
  Div: { formula: (_, element) => (element === "float" ? div(x0, x1) : truncated(div(x0, x1))), inputs: 2 },
  // Powers of whole numbers are whole, whatever a backend's logarithms make of them.
  Pow: { formula: (_, element) => (element === "float" ? pow(x0, x1) : floor(add(pow(x0, x1), 0.5))), inputs: 2 },
  Mod: { formula: ({ int }) => (int("fmod", 0) === 0 ? signedRest : rest), inputs: 2 },
  And: compared(mul(x0, x1)),
  Or: compared(max(x0, x1)),
  Xor: compared(not(eq(x0, x1))),
  Equal: compared(eq(x0, x1)),
  Greater: compared(gt(x0, x1)),
  GreaterOrEqual: compared(ge(x0, x1)),
  Less: compared(gt(x1, x0)),
  LessOrEqual: compared(ge(x1, x0)),
};

/** Operators of ours for what ONNX calls so: passes and kernels know them. */
const named: Readonly<Record<string, string>> = { Sub: "subtract", Mul: "multiply" };

const readingOf = ([reads, { formula, inputs = 1, gives }]: readonly [string, Facts]): OnnxReading => ({
  kind: "onnxReading",
  reads,
  read: (request) => {
    const tensors = Array.from({ length: inputs }, (_, index) => request.input(index));
    const element = tensors[0]?.element ?? "float";
    const operator = named[reads];
    return operator === undefined
      ? applied(request, "elementwise", tensors, { formula: formula(request.attributes, element) }, gives ?? element)
      : applied(request, operator, tensors, {}, element);
  },
});

/** Any number of inputs, two by two. */
const variadic = (reads: string, operator: string): OnnxReading => ({
  kind: "onnxReading",
  reads,
  read: (request) => {
    const [first, ...others] = request.inputs.map((_, index) => request.input(index));
    return others.reduce<OnnxTensor>(
      (sum, other) => applied(request, operator, [sum, other], {}, sum.element),
      first ?? request.input(0),
    );
  },
});

export const elementwiseFamily: readonly OnnxReading[] = [
  ...Object.entries(formulas).map(readingOf),
  variadic("Max", "maximum"),
  variadic("Min", "minimum"),
  variadic("Sum", "add"),
  {
    kind: "onnxReading",
    reads: "Mean",
    read: (request) => {
      const tensors = request.inputs.map((_, index) => request.input(index));
      const [first = request.input(0), ...others] = tensors;
      const sum = others.reduce<OnnxTensor>((all, other) => applied(request, "add", [all, other]), first);
      return applied(request, "elementwise", [sum], { formula: div(x0, tensors.length) });
    },
  },
  {
    kind: "onnxReading",
    reads: "Where",
    read: (request) => {
      const tensors = [0, 1, 2].map(request.input);
      return applied(request, "elementwise", tensors, { formula: select("x0", "x1", "x2") }, tensors[1]?.element);
    },
  },
];
