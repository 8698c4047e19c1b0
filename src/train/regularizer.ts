/** Regularisers: penalties on weights that training adds to the loss. */
import type { Regularizer } from "../ops/layer.js";

/** c Σ|w|; c is 0.01 as in Keras. */
export const l1 = (c = 0.01): Regularizer => ({ l1: c, l2: 0 });

/**
 * c Σw² (no half, as in Keras); c is 0.01 as in Keras.
 *
 * @example
 * const layer = conv2d({ filters: 8, kernelSize: 3, kernelRegularizer: l2(1e-3) })
 */
export const l2 = (c = 0.01): Regularizer => ({ l1: 0, l2: c });

/** Both. */
export const l1l2 = ({ l1: first = 0.01, l2: second = 0.01 } = {}): Regularizer => ({ l1: first, l2: second });
