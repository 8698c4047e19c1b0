/** Formulas as products of a coefficient, which reads certain inputs only, and a core: what comes out of a sum, or is computed once. */
import { add, div, mul, neg, parts, select, sub, variablesOf, type Formula, type Variable } from "./formula.js";
import { formulaKey } from "./key.js";

/** formula = coefficient · core, up to rounding. */
export interface Separated {
  readonly coefficient: Formula;
  readonly core: Formula;
}

const product = (a: Formula, b: Formula): Formula => {
  if (a === -1) return negated(b);
  return b === -1 ? negated(a) : mul(a, b);
};
const negated = (a: Formula): Formula => (typeof a === "object" && a[0] === "neg" ? a[1] : neg(a));
const same = (a: Formula, b: Formula): boolean => formulaKey(a) === formulaKey(b);

/**
 * Takes out of a formula the factors that read nothing but inputs which `isSmall`; a core of 1 means that all of it is.
 *
 * Factors come out of products, quotients, signs, gates (`select(c, a f, 0)`), and of sums whose terms share a core or a coefficient.
 */
export const separate = (formula: Formula, isSmall: (name: Variable) => boolean): Separated => {
  if ([...variablesOf(formula)].every(isSmall)) return { coefficient: formula, core: 1 };
  if (typeof formula !== "object") return { coefficient: 1, core: formula };
  const whole: Separated = { coefficient: 1, core: formula };
  if (formula[0] === "select") {
    const [, condition, then, otherwise] = formula;
    const inner = separate(then, isSmall);
    return otherwise === 0 && inner.core !== 1
      ? { coefficient: inner.coefficient, core: select(condition, inner.core, 0) }
      : whole;
  }
  const [a, b] = parts(formula).map((part) => separate(part, isSmall));
  if (a === undefined) return whole;
  if (formula[0] === "neg") return { coefficient: negated(a.coefficient), core: a.core };
  if (b === undefined) return whole;
  switch (formula[0]) {
    case "mul":
      return { coefficient: product(a.coefficient, b.coefficient), core: mul(a.core, b.core) };
    case "div":
      return { coefficient: div(a.coefficient, b.coefficient), core: div(a.core, b.core) };
    case "add":
    case "sub": {
      const combined = formula[0] === "add" ? add : sub;
      if (same(a.core, b.core)) return { coefficient: combined(a.coefficient, b.coefficient), core: a.core };
      return a.coefficient !== 1 && same(a.coefficient, b.coefficient)
        ? { coefficient: a.coefficient, core: combined(a.core, b.core) }
        : whole;
    }
    default:
      return whole;
  }
};
