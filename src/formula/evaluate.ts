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

/** Numbers at a time: what a formula's parts give stays in the cache. */
const blockSize = 1024;

/** Values of places `from` to `from + count`; the array is reused by the next call. */
type Block = (from: number, count: number) => Float64Array;

/** Evaluates a formula at each place of `out`; an input has one number a place, or a single one for all. */
export const evaluateInto = (formula: Formula, inputs: readonly Float64Array[], out: Float64Array): void => {
  const block = blockOf(formula, inputs);
  for (let from = 0; from < out.length; from += blockSize) {
    const count = Math.min(blockSize, out.length - from);
    out.set(block(from, count).subarray(0, count), from);
  }
};

const blockOf = (formula: Formula, inputs: readonly Float64Array[]): Block => {
  if (typeof formula === "number") return constantBlock(formula);
  if (typeof formula === "string") {
    const numbers = inputs[Number(formula.slice(1))] ?? new Float64Array();
    return numbers.length > 1 ? (from, count) => numbers.subarray(from, from + count) : constantBlock(numbers[0]);
  }
  const result = new Float64Array(blockSize);
  const { value } = scalarFunctions[formula[0]];
  const [a, b, c] = parts(formula).map((part) => blockOf(part, inputs));
  return (from, count) => {
    const [xs, ys, zs] = [a?.(from, count), b?.(from, count), c?.(from, count)];
    if (xs === undefined) return result.fill(value());
    if (ys === undefined) for (let i = 0; i < count; i++) result[i] = value(xs[i] ?? Number.NaN);
    else if (zs === undefined)
      for (let i = 0; i < count; i++) result[i] = value(xs[i] ?? Number.NaN, ys[i] ?? Number.NaN);
    else
      for (let i = 0; i < count; i++) result[i] = value(xs[i] ?? Number.NaN, ys[i] ?? Number.NaN, zs[i] ?? Number.NaN);
    return result;
  };
};

const constantBlock = (value = Number.NaN): Block => {
  const block = new Float64Array(blockSize).fill(value);
  return () => block;
};
