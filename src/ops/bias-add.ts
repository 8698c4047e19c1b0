/** Adds one number per channel. */
import { add, x0, x1 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";

/** f32[…, c], f32[c] -> f32[…, c]. Fused into the convolution or matrix product before it. */
export const biasAddOperator = elementwise<Record<never, never>>({
  name: "biasAdd",
  arity: 2,
  traits: ["bias"],
  formula: () => add(x0, x1),
}) satisfies Operator<Record<never, never>>;
