/** The two ways to touch tensors: four elements at once, or one in lane 0. Tails run the very code of the vector loop with `single`. */
import { v128, type I32, type Statement, type V128 } from "../assembler/index.js";

export interface Lanes {
  readonly load: (address: I32, offset?: number) => V128;
  readonly store: (address: I32, value: V128, offset?: number) => Statement;
  /** Bytes that one access covers. */
  readonly bytes: number;
}

export const four: Lanes = { load: v128.load, store: v128.store, bytes: 16 };
export const single: Lanes = { load: v128.load32_zero, store: v128.store32_lane0, bytes: 4 };
