/** Constraints: what a weight is brought back to after each step. */
import type { Constraint } from "../ops/layer.js";

export interface NormOptions {
  /** Along which axes of the weight a norm is taken; [0] as in Keras, [0, 1, 2] for the kernel of a 2-D convolution. */
  readonly axes?: readonly number[] | undefined;
}

/**
 * w · min(‖w‖, maximum) / (‖w‖ + 1e-7) for each slice along `axes`; the maximum is 2 as in Keras.
 *
 * Source  Srivastava et al. 2014; Keras 3 `MaxNorm`.
 *
 * @example
 * const layer = conv2d({ filters: 8, kernelSize: 3, kernelConstraint: maxNorm({ maximum: 3, axes: [0, 1, 2] }) })
 */
export const maxNorm = ({
  maximum = 2,
  axes = [0],
}: NormOptions & { readonly maximum?: number | undefined } = {}): Constraint => ({
  kind: "norm",
  minimum: 0,
  maximum,
  rate: 1,
  axes,
});

/** w / (‖w‖ + 1e-7) for each slice along `axes`. Source  Keras 3 `UnitNorm`. */
export const unitNorm = ({ axes = [0] }: NormOptions = {}): Constraint => ({
  kind: "norm",
  minimum: 1,
  maximum: 1,
  rate: 1,
  axes,
});

export interface MinMaxNormOptions extends NormOptions {
  /** 0 as in Keras. */
  readonly minimum?: number | undefined;
  /** 1 as in Keras. */
  readonly maximum?: number | undefined;
  /** The part of the way that is gone at each step; 1 as in Keras. */
  readonly rate?: number | undefined;
}

/** Brings the norm of each slice along `axes` into a range. Source  Keras 3 `MinMaxNorm`. */
export const minMaxNorm = ({ minimum = 0, maximum = 1, rate = 1, axes = [0] }: MinMaxNormOptions = {}): Constraint => ({
  kind: "norm",
  minimum,
  maximum,
  rate,
  axes,
});

/** max(w, 0). Source  Keras 3 `NonNeg`. */
export const nonNegative = (): Constraint => ({ kind: "nonNegative" });
