/** Weights whose numbers are known: permuted when the file is written, so that the graph need not do it. */
import type { DataType } from "../../compiler/ir/type.js";

export interface KnownNumbers {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
