/** What tells formulas apart, so that equal parts are written once. */
import { parts, type Formula } from "./formula.js";

/** The text of a number with its sign: -0 is not 0. */
export const numberKey = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** The text that tells formulas apart, -0 from 0 and NaN from Infinity included. */
export const formulaKey = (formula: Formula): string =>
  typeof formula === "number"
    ? numberKey(formula)
    : typeof formula === "string"
      ? formula
      : `${formula[0]}(${parts(formula).map(formulaKey).join()})`;

/** Writes each formula once: an equal one gets what was written for the first. */
export const eachOnce = <A>(write: (formula: Formula) => A): ((formula: Formula) => A) => {
  const known = new Map<string, A>();
  return (formula) => {
    const key = formulaKey(formula);
    const value = known.get(key) ?? write(formula);
    known.set(key, value);
    return value;
  };
};
