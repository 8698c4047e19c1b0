/** The scalar functions of formulas, one fact sheet each: arity, value and derivative, from which the rest is derived. */
import {
  abs,
  add,
  cos,
  div,
  eq,
  exp,
  ge,
  gt,
  log,
  mul,
  neg,
  pow,
  select,
  sin,
  sub,
  type BinaryName,
  type Formula,
  type UnaryName,
} from "./formula.js";

interface ScalarFunction {
  /** The value in float64, IEEE 754 for NaN and infinities. */
  readonly value: (...xs: number[]) => number;
  /** The derivative by each argument; `self` is the formula of the value. */
  readonly derivatives: (args: readonly Formula[], self: Formula) => readonly Formula[];
}

const unary = (value: (a: number) => number, derivative: (a: Formula, self: Formula) => Formula): ScalarFunction => ({
  value: (a = Number.NaN) => value(a),
  derivatives: ([a = 0], self) => [derivative(a, self)],
});

const binary = (
  value: (a: number, b: number) => number,
  derivatives: (a: Formula, b: Formula, self: Formula) => readonly [Formula, Formula],
): ScalarFunction => ({
  value: (a = Number.NaN, b = Number.NaN) => value(a, b),
  derivatives: ([a = 0, b = 0], self) => derivatives(a, b, self),
});

/** erf by its series x e^(−x²) 2/√π Σ (2x²)ᵏ / (2k + 1)!!, whose terms are all positive; beyond 6 it is ±1 in float64. */
const errorFunction = (x: number): number => {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
};

const flat = (): readonly [Formula, Formula] => [0, 0];

export const scalarFunctions: Readonly<Record<UnaryName | BinaryName | "select", ScalarFunction>> = {
  neg: unary(
    (a) => -a,
    () => -1,
  ),
  abs: unary(Math.abs, (a) => select(gt(a, 0), 1, select(eq(a, 0), 0, -1))),
  exp: unary(Math.exp, (_, self) => self),
  expm1: unary(Math.expm1, (_, self) => add(self, 1)),
  log: unary(Math.log, (a) => div(1, a)),
  log1p: unary(Math.log1p, (a) => div(1, add(1, a))),
  sqrt: unary(Math.sqrt, (_, self) => div(0.5, self)),
  tanh: unary(Math.tanh, (_, self) => sub(1, mul(self, self))),
  erf: unary(errorFunction, (a) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(a, a))))),
  sin: unary(Math.sin, cos),
  cos: unary(Math.cos, (a) => neg(sin(a))),
  floor: unary(Math.floor, () => 0),
  add: binary(
    (a, b) => a + b,
    () => [1, 1],
  ),
  sub: binary(
    (a, b) => a - b,
    () => [1, -1],
  ),
  mul: binary(
    (a, b) => a * b,
    (a, b) => [b, a],
  ),
  div: binary(
    (a, b) => a / b,
    (_, b, self) => [div(1, b), neg(div(self, b))],
  ),
  // At a tie the whole gradient goes to the first argument, as in TensorFlow's Maximum and Minimum.
  max: binary(Math.max, (a, b) => [ge(a, b), sub(1, ge(a, b))]),
  min: binary(Math.min, (a, b) => [ge(b, a), sub(1, ge(b, a))]),
  pow: binary(Math.pow, (a, b, self) => [mul(b, pow(a, sub(b, 1))), mul(self, log(abs(a)))]),
  gt: binary((a, b) => (a > b ? 1 : 0), flat),
  ge: binary((a, b) => (a >= b ? 1 : 0), flat),
  eq: binary((a, b) => (a === b ? 1 : 0), flat),
  select: {
    value: (condition = 0, then = Number.NaN, otherwise = Number.NaN) => (condition !== 0 ? then : otherwise),
    derivatives: ([condition = 0]) => [0, select(condition, 1, 0), select(condition, 0, 1)],
  },
};

export const isFunctionName = (name: unknown): name is keyof typeof scalarFunctions =>
  typeof name === "string" && Object.hasOwn(scalarFunctions, name);

/** The number of arguments of a function. */
export const arityOf = (name: keyof typeof scalarFunctions): number =>
  name === "select" ? 3 : unaryNames.has(name) ? 1 : 2;

const unaryNames: ReadonlySet<string> = new Set<UnaryName>([
  "neg",
  "abs",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sqrt",
  "tanh",
  "erf",
  "sin",
  "cos",
  "floor",
]);
