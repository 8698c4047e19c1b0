/** Formulas as people write them: `max(x0, 0)`, `x0 * (1 - y)`. For docs and `explain`; graphs keep the tuples. */
import { parts, type Formula } from "./formula.js";

const infix: Readonly<Record<string, readonly [symbol: string, precedence: number]>> = {
  eq: ["==", 1],
  gt: [">", 2],
  ge: [">=", 2],
  add: ["+", 3],
  sub: ["-", 3],
  mul: ["*", 4],
  div: ["/", 4],
};

/** The text of a formula, with no more parentheses than needed. */
export const formulaText = (formula: Formula, outer = 0): string => {
  if (typeof formula !== "object") return String(formula);
  const args = parts(formula);
  const operator = infix[formula[0]];
  if (operator === undefined) return `${formula[0]}(${args.map((arg) => formulaText(arg)).join(", ")})`;
  const [symbol, precedence] = operator;
  const [left = 0, right = 0] = args;
  const text = `${formulaText(left, precedence)} ${symbol} ${formulaText(right, precedence + 1)}`;
  return precedence < outer ? `(${text})` : text;
};
