/** Between which numbers the values of a formula lie: interval arithmetic. NaN lies in every range. */
import { formulaKey } from "./key.js";
import { parts, type Formula, type Variable } from "./formula.js";
import { scalarFunctions } from "./functions.js";

/** Every value that is not NaN is at least `min` and at most `max`; −0 and 0 are equal. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const anywhere: Range = { min: -Infinity, max: Infinity };

/** The smallest range that holds all of these. */
export const hull = (ranges: readonly Range[]): Range =>
  ranges.length === 0
    ? anywhere
    : ranges.reduce((a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }));

/** The range of these ends, whatever their order; anywhere when one is not a number (0 ∞, ∞ − ∞). */
const between = (...ends: readonly number[]): Range =>
  ends.some(Number.isNaN) ? anywhere : { min: Math.min(...ends), max: Math.max(...ends) };

const increasing = new Set(["exp", "expm1", "tanh", "erf", "floor"]);
/** NaN below these numbers: the others' range begins there. */
const increasingFrom: Readonly<Record<string, number>> = { log: 0, log1p: -1, sqrt: 0 };

/** The range of a formula's values where its variables lie in theirs; rounding is not counted. */
export const rangeOf = (formula: Formula, variableRange: (name: Variable) => Range): Range => {
  if (typeof formula === "number") return Number.isNaN(formula) ? anywhere : { min: formula, max: formula };
  if (typeof formula === "string") return variableRange(formula);
  const [name] = formula;
  const [a = anywhere, b = anywhere, c = anywhere] = parts(formula).map((part) => rangeOf(part, variableRange));
  const [first, second] = parts(formula);
  const apply = scalarFunctions[name].value;
  const from = increasingFrom[name];
  if (from !== undefined)
    return a.max < from ? anywhere : between(apply(Math.max(a.min, from)), apply(Math.max(a.max, from)));
  if (increasing.has(name)) return between(apply(a.min), apply(a.max));
  switch (name) {
    case "neg":
      return between(-a.max, -a.min);
    case "abs":
      return a.min >= 0 ? a : { min: a.max <= 0 ? -a.max : 0, max: Math.max(-a.min, a.max) };
    case "sin":
    case "cos":
      return { min: -1, max: 1 };
    case "add":
      return ordered(a.min + b.min, a.max + b.max);
    case "sub":
      return ordered(a.min - b.max, a.max - b.min);
    case "mul": {
      const product = between(a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max);
      const isSquare = first !== undefined && second !== undefined && formulaKey(first) === formulaKey(second);
      const isPositive = (a.min >= 0 && b.min >= 0) || isSquare;
      return isPositive ? { min: Math.max(product.min, 0), max: product.max } : product;
    }
    case "div":
      if (b.min > 0) return quotient(a, b);
      return b.max < 0 ? quotient({ min: -a.max, max: -a.min }, { min: -b.max, max: -b.min }) : anywhere;
    case "max":
      return { min: Math.max(a.min, b.min), max: Math.max(a.max, b.max) };
    case "min":
      return { min: Math.min(a.min, b.min), max: Math.min(a.max, b.max) };
    case "gt":
    case "ge":
    case "eq":
      return { min: 0, max: 1 };
    case "select":
      return hull([b, c]);
    default:
      return anywhere; // a power
  }
};

/** A range by its ends in order; what is not a number is without end. */
const ordered = (min: number, max: number): Range => ({
  min: Number.isNaN(min) ? -Infinity : min,
  max: Number.isNaN(max) ? Infinity : max,
});

/** a / b where b > 0. */
const quotient = (a: Range, b: Range): Range =>
  ordered(a.min / (a.min >= 0 ? b.max : b.min), a.max / (a.max >= 0 ? b.min : b.max));

/** 1 where a formula never falls as x grows, −1 where it never rises, 0 where it does not read x; undefined where unknown. */
export const directionOf = (formula: Formula, x: Variable): 1 | -1 | 0 | undefined => {
  if (typeof formula === "number") return 0;
  if (typeof formula === "string") return formula === x ? 1 : 0;
  const [name] = formula;
  const [first = 0, second = 0] = parts(formula);
  const directions = parts(formula).map((part) => directionOf(part, x));
  const [a, b] = directions;
  if (directions.every((direction) => direction === 0)) return 0;
  if (increasing.has(name) || increasingFrom[name] !== undefined) return a;
  if (name === "neg") return opposite(a);
  if (name === "add" || name === "max" || name === "min") return together(a, b);
  if (name === "sub") return together(a, opposite(b));
  const signOf = (part: Formula): 1 | -1 | undefined => {
    const { min, max } = rangeOf(part, () => anywhere);
    return min >= 0 ? 1 : max <= 0 ? -1 : undefined;
  };
  const turned = (direction: typeof a, sign: typeof a): typeof a =>
    sign === undefined ? undefined : sign === 1 ? direction : opposite(direction);
  if (name === "mul" && b === 0) return turned(a, signOf(second));
  if (name === "mul" && a === 0) return turned(b, signOf(first));
  if (name === "div" && b === 0) return turned(a, signOf(second));
  // A number over what keeps its sign.
  if (name === "div" && a === 0 && rangeOf(second, () => anywhere).min > 0) return turned(opposite(b), signOf(first));
  return undefined;
};

const opposite = (direction: 1 | -1 | 0 | undefined): 1 | -1 | 0 | undefined =>
  direction === undefined || direction === 0 ? direction : direction === 1 ? -1 : 1;

const together = (a: 1 | -1 | 0 | undefined, b: 1 | -1 | 0 | undefined): 1 | -1 | 0 | undefined =>
  a === 0 ? b : b === 0 || a === b ? a : undefined;
