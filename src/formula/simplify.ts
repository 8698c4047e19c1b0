/** Algebra on formulas: what changes nothing goes, and numbers that meet become one. */
import { add, div, functionCount, mul, neg, parts, sub, type Formula, type Variable } from "./formula.js";
import { rangeOf, type Range } from "./range.js";

type Name = Exclude<Formula, number | string>[0];
type Ranges = (name: Variable) => Range;

/**
 * The formula with fewer functions, where its variables lie in these ranges.
 *
 * The same for every number, ±∞ and NaN, but that a sum with 0, or a maximum with 0 of what is never below it, may keep a −0
 * where the formula gave 0; and that a chain of products, or of sums, with numbers rounds once: its intermediate values
 * cannot overflow any more. What would forget a NaN (x · 0, x − x) stays.
 */
export const simplifyFormula = (formula: Formula, ranges: Ranges): Formula => {
  if (typeof formula !== "object") return formula;
  const [name] = formula;
  const simple = parts(formula).map((part) => simplifyFormula(part, ranges));
  // Sound: the parts are as many as they were.
  const same = [name, ...simple] as unknown as Formula;
  const next = simplerOf(name, simple, ranges);
  // Numbers change places only where that saves something: kernels know their formulas by their order.
  return next !== undefined && functionCount(next) < functionCount(same) ? next : same;
};

const simplerOf = (name: Name, [a = 0, b = 0]: readonly Formula[], ranges: Ranges): Formula | undefined => {
  switch (name) {
    case "neg":
      return isOf(a, "neg") ? a[1] : neg(a);
    case "abs":
      if (isOf(a, "neg")) return ["abs", a[1]];
      return rangeOf(a, ranges).min >= 0 ? a : undefined;
    case "add":
      return sumOf(a, b);
    case "sub":
      return typeof b === "number" ? sumOf(a, -b) : sub(a, b);
    case "mul":
      return productOf(a, b);
    case "div":
      return typeof b === "number" ? dividedBy(a, b) : undefined;
    case "max":
    case "min":
      return extreme(name, a, b, ranges);
    default:
      return undefined;
  }
};

type Applied<N> = N extends "neg" ? readonly [N, Formula] : readonly [N, Formula, Formula];

const isOf = <N extends "neg" | "add" | "sub" | "mul" | "div" | "max" | "min">(
  formula: Formula,
  name: N,
): formula is Applied<N> & Formula => typeof formula === "object" && formula[0] === name;

/** A sum, with numbers at its end: (x + 1) + 2 is x + 3. */
const sumOf = (a: Formula, b: Formula): Formula => {
  if (typeof a === "number" && typeof b !== "number") return sumOf(b, a);
  if (typeof b !== "number" || typeof a === "number") return add(a, b);
  if (isOf(a, "add") && typeof a[2] === "number") return add(a[1], a[2] + b);
  if (isOf(a, "sub") && typeof a[1] === "number") return sub(a[1] + b, a[2]);
  if (isOf(a, "sub") && typeof a[2] === "number") return add(a[1], b - a[2]);
  return add(a, b);
};

/** A product, with numbers at its end. */
const productOf = (a: Formula, b: Formula): Formula => {
  if (typeof a === "number" && typeof b !== "number") return productOf(b, a);
  if (typeof b !== "number" || typeof a === "number") return mul(a, b);
  if (b === -1) return isOf(a, "neg") ? a[1] : neg(a);
  if (isOf(a, "mul") && typeof a[2] === "number") return finite(a[2] * b, (product) => mul(a[1], product), mul(a, b));
  if (isOf(a, "div") && typeof a[2] === "number") return finite(b / a[2], (factor) => mul(a[1], factor), mul(a, b));
  return mul(a, b);
};

const dividedBy = (a: Formula, b: number): Formula => {
  if (isOf(a, "mul") && typeof a[2] === "number") return finite(a[2] / b, (factor) => mul(a[1], factor), div(a, b));
  if (isOf(a, "div") && typeof a[2] === "number") return finite(a[2] * b, (divisor) => div(a[1], divisor), div(a, b));
  return div(a, b);
};

/** One factor for two, where it is a number that neither overflowed nor vanished. */
const finite = (factor: number, then: (factor: number) => Formula, otherwise: Formula): Formula =>
  Number.isFinite(factor) && Math.abs(factor) > 1e-30 && Math.abs(factor) < 1e30 ? then(factor) : otherwise;

/** The greater or the lesser: one that is so always, or a limit of limits. */
const extreme = (name: "max" | "min", a: Formula, b: Formula, ranges: Ranges): Formula => {
  const evaluate = name === "max" ? Math.max : Math.min;
  if (typeof a === "number" && typeof b !== "number") return extreme(name, b, a, ranges);
  if (typeof b !== "number") return [name, a, b];
  if (typeof a === "number") return evaluate(a, b);
  const { min, max } = rangeOf(a, ranges);
  if (name === "max" ? min >= b : max <= b) return a;
  return isOf(a, name) && typeof a[2] === "number" ? [name, a[1], evaluate(a[2], b)] : [name, a, b];
};
