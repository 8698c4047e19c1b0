/** Formulas from files are not trusted: known functions with their arguments, finite numbers, inputs x0, x1, …. */
import type { Formula } from "./formula.js";
import { arityOf, isFunctionName } from "./functions.js";

/** Whether a value is a formula over an operator's inputs. */
export const isFormula = (value: unknown): value is Formula => {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string") return /^x(?:0|[1-9]\d{0,3})$/.test(value);
  if (!Array.isArray(value)) return false;
  const items: readonly unknown[] = value;
  const [name, ...args] = items;
  return isFunctionName(name) && args.length === arityOf(name) && args.every(isFormula);
};
