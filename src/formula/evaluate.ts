/** Formulas as JavaScript closures in float64: the reference semantics of every elementwise operator. */
import { parts, type Formula } from "./formula.js";
import { scalarFunctions } from "./functions.js";

export type Scalar = (xs: readonly number[], y: number) => number;

/** Compiles a formula to a closure over its inputs (and its output, for derivatives). */
export const evaluator = (formula: Formula): Scalar => {
  if (typeof formula === "number") return () => formula;
  if (formula === "y") return (_, y) => y;
  if (typeof formula === "string") {
    const index = Number(formula.slice(1));
    return (xs) => xs[index] ?? Number.NaN;
  }
  const { value } = scalarFunctions[formula[0]];
  const [a, b, c] = parts(formula).map(evaluator);
  if (a === undefined) return () => value();
  if (b === undefined) return (xs, y) => value(a(xs, y));
  if (c === undefined) return (xs, y) => value(a(xs, y), b(xs, y));
  return (xs, y) => value(a(xs, y), b(xs, y), c(xs, y));
};
