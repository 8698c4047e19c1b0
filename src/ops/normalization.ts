/** What normalisations share: moments, the affine map after them, and its weights. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { add, div, mul, sqrt, sub, variable, x0, x1, x2 } from "../formula/formula.js";
import { ones, zeros, type Initializer } from "./initializers.js";
import type { LayerBuilder, Regularizer } from "./layer.js";

export interface AffineOptions<Center = boolean, Scale = boolean> {
  /** Whether beta is added. */
  readonly center?: Center | undefined;
  /** Whether gamma is multiplied. */
  readonly scale?: Scale | undefined;
  readonly betaInitializer?: Initializer | undefined;
  readonly gammaInitializer?: Initializer | undefined;
  readonly betaRegularizer?: Regularizer | undefined;
  readonly gammaRegularizer?: Regularizer | undefined;
}

/** The scale and the shift after a normalisation. */
export interface Affine {
  readonly gamma: Value;
  readonly beta: Value;
}

export interface Moments {
  readonly mean: Value;
  readonly variance: Value;
}

/** The weights gamma and beta; a constant for one that is switched off. */
export const affineWeights = (
  { emit, parameter }: LayerBuilder,
  shape: readonly number[],
  options: AffineOptions,
): Affine => {
  const fixed = (value: number): Value => emit("constant", [], { dtype: "f32", shape, value });
  const { gammaInitializer = ones, gammaRegularizer, betaInitializer = zeros, betaRegularizer } = options;
  return {
    gamma:
      options.scale === false
        ? fixed(1)
        : parameter("gamma", shape, { initializer: gammaInitializer, regularizer: gammaRegularizer }),
    beta:
      options.center === false
        ? fixed(0)
        : parameter("beta", shape, { initializer: betaInitializer, regularizer: betaRegularizer }),
  };
};

/** The mean and the biased variance along some axes, which stay as 1 unless they are the leading ones. */
export const momentsOf = (emit: Emit, x: Value, axes: readonly number[]): Moments => {
  const along = { axes, keepDims: axes.some((axis, index) => axis !== index) };
  const mean = emit("reduceMean", [x], along);
  const centered = sub(x0, x1);
  const squares = emit("elementwise", [x, mean], { formula: mul(centered, centered) });
  return { mean, variance: emit("reduceMean", [squares], along) };
};

/** γ (x − mean) / √(variance + ε) + β, all broadcast to x. */
export const normalized = (emit: Emit, x: Value, by: Moments & Affine, epsilon: number): Value =>
  emit("elementwise", [x, by.mean, by.variance, by.gamma, by.beta], {
    formula: add(mul(div(sub(x0, x1), sqrt(add(x2, epsilon))), variable(3)), variable(4)),
  });

/** A sentence about an epsilon that does not keep the root from 0. */
export const epsilonProblem = (layer: string, epsilon: number): string | undefined =>
  epsilon > 0 && epsilon < Infinity
    ? undefined
    : `${layer}: epsilon ${epsilon} is not above 0: use a small number such as 0.001`;
