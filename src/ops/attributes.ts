/** Checks of attributes that operators share: graphs from files are read by the same rules. */
import type { Attribute, Attributes } from "../compiler/ir/graph.js";
import type { Dims } from "../compiler/ir/type.js";

export const isCount = (value: Attribute | undefined): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isPositive = (value: Attribute | undefined): value is number => isCount(value) && value > 0;

/** Array.isArray would make the items `any`. */
const isList = (value: Attribute | undefined): value is readonly Attribute[] => Array.isArray(value);

const isListOf = (value: Attribute | undefined, length: number, holds: (item: Attribute) => boolean): boolean =>
  isList(value) && value.length === length && value.every(holds);

/** [height, width], each at least 1. */
export const isPair = (value: Attribute | undefined): boolean => isListOf(value, 2, isPositive);

/** [[before, after], …], none negative. */
export const isPads = (value: Attribute | undefined, axes: number): boolean =>
  isListOf(value, axes, (side) => isListOf(side, 2, isCount));

/** Different axes of a tensor of that rank. */
export const isAxes = (value: Attribute | undefined, rank: number): value is readonly number[] =>
  isList(value) && value.every((axis) => isCount(axis) && axis < rank) && new Set(value).size === value.length;

const isBatchDim = (dim: Attribute): boolean => typeof dim === "string" && /^([1-9]\d{0,15})?n$/.test(dim);

/** A shape with numbers and multiples of `n`, at most one of these: a tensor holds the batch once. */
export const isShape = (value: Attribute | undefined): value is Dims =>
  isList(value) && value.every((dim) => isCount(dim) || isBatchDim(dim)) && value.filter(isBatchDim).length <= 1;

/** The first attribute that does not hold, as a sentence. */
export const firstBad = (
  operator: string,
  attrs: Attributes,
  checks: Readonly<Record<string, boolean>>,
): string | undefined => {
  const bad = Object.entries(checks).find(([, holds]) => !holds)?.[0];
  return bad === undefined ? undefined : `${operator}: attribute ${bad} cannot be ${JSON.stringify(attrs[bad])}`;
};
