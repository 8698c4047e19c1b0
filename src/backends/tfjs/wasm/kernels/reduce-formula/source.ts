/** What a generated reduction is made from, and how its folds add up. */
import type { Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
import { f32x4, type V128 } from "../../assembler/index.js";

/** How an input moves: with the rows, with the columns of a row, with both or not at all. */
export interface Movement {
  readonly byRow: boolean;
  readonly byColumn: boolean;
  readonly dtype: "float32" | "int32";
}

export interface Member {
  readonly by: "sum" | "max";
  readonly formula: Formula;
}

/** Several folds over the same places: each input is read once for all. */
export interface ReductionSource {
  /** `columns`: each column is folded along the rows; `rows`: each row along its columns. */
  readonly kept: "columns" | "rows";
  readonly inputs: readonly Movement[];
  readonly members: readonly Member[];
}

const movementKey = ({ byRow, byColumn, dtype }: Movement): string =>
  `${byRow ? "row" : ""}${byColumn ? "column" : ""} ${dtype}`;

export const reductionKey = ({ kept, inputs, members }: ReductionSource): string =>
  `reduce to ${kept}: ${members.map(({ by, formula }) => `${by} ${formulaKey(formula)}`).join("; ")} of ${inputs.map(movementKey).join()}`;

/** What folds nothing. */
export const neutral = (by: Member["by"]): number => (by === "sum" ? 0 : Number.NEGATIVE_INFINITY);

export const folded = (by: Member["by"], a: V128, b: V128): V128 => (by === "sum" ? f32x4.add(a, b) : f32x4.max(a, b));
