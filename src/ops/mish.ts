/** Mish: the layer, and its operator. */
import type { SameShape } from "../dsl/layer.js";
import { activationLayer } from "./activation-layer.js";
import { add, div, exp, max, min, mul, x0 } from "../formula/formula.js";
import { elementwise } from "./elementwise.js";
import type { Operator } from "./operator.js";

/** The type of {@link mish}. */
export interface Mish extends SameShape {
  readonly "~name": "mish";
}

/**
 * Mish: x · tanh(log(1 + e^x)).
 *
 * Shape   [a, b, …] -> the same.
 * Params  none.
 * Cost    one pass over the elements.
 * Errors  none of its own.
 * Source  Misra 2019 (arXiv:1908.08681); Keras mish.
 *
 * @example
 * const y = pipe(input([28, 28, 8]), mish) // Expr<[28, 28, 8]>
 */
export const mish: Mish = activationLayer("mish");

/** e^x, bounded where the gate is 1 or 0 in float64: its squares stay finite in float32. */
const near = max(min(x0, 20), -100);
const power = exp(near);
/** tanh(log(1 + w)) = n / (n + 2) with n = w (w + 2). */
const n = mul(power, add(power, 2));
const gate = div(n, add(n, 2));

/** x n / (n + 2); its slope is n / (n + 2) + 4 x w (w + 1) / (n + 2)². */
export const mishOperator = elementwise<Record<never, never>>({
  name: "mish",
  arity: 1,
  traits: ["activation"],
  formula: () => mul(x0, gate),
  derivatives: () => [
    add(gate, mul(near, div(mul(4, mul(power, add(power, 1))), mul(add(n, 2), add(n, 2))))),
  ],
}) satisfies Operator<Record<never, never>>;
