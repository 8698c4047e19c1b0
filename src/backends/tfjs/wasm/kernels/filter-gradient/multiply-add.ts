/** a · b + c in four lanes: fused where the host can, else a product and a sum. */
import { f32x4, hasRelaxedSimd, type V128 } from "../../assembler/index.js";

export const multiplyAdd = (a: V128, b: V128, c: V128): V128 =>
  hasRelaxedSimd() ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
