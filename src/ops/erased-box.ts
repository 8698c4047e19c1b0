/**
 * A random box of a picture, as formulas of uniform numbers x0 … x5 in [0, 1).
 *
 * Source  Keras 3's RandomErasing, after Zhong et al. 2017 (arXiv:1708.04896) and DeVries & Taylor 2017 (cutout, arXiv:1708.04552).
 */
import { add, gt, mul, sqrt, sub, type Formula, type Variable } from "../formula/formula.js";
import { factorRange, type Factor } from "../shape/factor.js";
import { between } from "./image-transformations.js";

/** From which place of an axis to which: a cell is erased where its number is at least the first and below the second. */
export interface ErasedSpan {
  readonly start: Formula;
  readonly end: Formula;
}

/** How many numbers a box and whether it is erased take: two sizes, two places, a probability and a throw. */
export const erasingDraws = 6;

/** The span along an axis: √(a part of the area drawn by `size`) of its length, at a place drawn by `place`. */
const spanOf = (scale: Factor, length: number, size: Variable, place: Variable): ErasedSpan => {
  const extent = mul(sqrt(between(factorRange(scale, 0), size)), length);
  const start = mul(place, sub(length, extent));
  return { start, end: add(start, extent) };
};

export const erasedColumns = (scale: Factor, width: number): ErasedSpan => spanOf(scale, width, "x0", "x2");
export const erasedRows = (scale: Factor, height: number): ErasedSpan => spanOf(scale, height, "x1", "x3");

/** 1 where the box is erased: with a probability that itself is drawn from the factor's range. */
export const isErased = (factor: Factor): Formula => gt(between(factorRange(factor, 0), "x4"), "x5");
