/** The logistic sigmoid inside formulas: backends with a node of its own for it write that, which overflows nowhere. */
import type { Formula } from "./formula.js";

/** t and x of t / (1 + e^−x); undefined for any other formula. */
export const sigmoidIn = (formula: Formula): { readonly times: Formula; readonly of: Formula } | undefined => {
  if (typeof formula !== "object" || formula[0] !== "div") return undefined;
  const [, times, below] = formula;
  if (typeof below !== "object" || below[0] !== "add" || below[1] !== 1) return undefined;
  const [, , power] = below;
  if (typeof power !== "object" || power[0] !== "exp") return undefined;
  const [, exponent] = power;
  return typeof exponent === "object" && exponent[0] === "neg" ? { times, of: exponent[1] } : undefined;
};
