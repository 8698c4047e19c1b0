/** What of a formula is linear: a x + b, where neither a nor b reads x. */
import { add, div, mul, neg, parts, sub, type Formula, type Variable } from "./formula.js";

/** formula = factor · x + rest. */
export interface Affine {
  readonly factor: Formula;
  readonly rest: Formula;
}

/** The formula as factor · x + rest; undefined where it is not that. */
export const affineIn = (formula: Formula, x: Variable): Affine | undefined => {
  if (formula === x) return { factor: 1, rest: 0 };
  if (typeof formula !== "object") return { factor: 0, rest: formula };
  const [a, b] = parts(formula).map((part) => affineIn(part, x));
  const [, ...others] = parts(formula).map((part) => affineIn(part, x));
  const isFree = [a, ...others].every((part) => part !== undefined && part.factor === 0);
  if (isFree) return { factor: 0, rest: formula };
  if (a === undefined) return undefined;
  if (formula[0] === "neg") return { factor: neg(a.factor), rest: neg(a.rest) };
  if (b === undefined) return undefined;
  switch (formula[0]) {
    case "add":
      return { factor: add(a.factor, b.factor), rest: add(a.rest, b.rest) };
    case "sub":
      return { factor: sub(a.factor, b.factor), rest: sub(a.rest, b.rest) };
    case "mul":
      if (b.factor === 0) return { factor: times(a.factor, b.rest), rest: times(a.rest, b.rest) };
      return a.factor === 0 ? { factor: times(b.factor, a.rest), rest: times(a.rest, b.rest) } : undefined;
    case "div":
      return b.factor === 0 ? { factor: div(a.factor, b.rest), rest: over(a.rest, b.rest) } : undefined;
    default:
      return undefined;
  }
};

/** (1 / d) c is c / d: one rounding less. */
const times = (a: Formula, c: Formula): Formula => {
  if (a === 0) return 0;
  return typeof a === "object" && a[0] === "div" && a[1] === 1 ? div(c, a[2]) : mul(a, c);
};

const over = (a: Formula, d: Formula): Formula => (a === 0 ? 0 : div(a, d));
