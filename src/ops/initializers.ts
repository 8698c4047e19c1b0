/** How weights begin: Keras's initialisers as data. */

export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  | { readonly kind: "constant"; readonly value: number }
  | {
      /** Variance `scale / fan` (He et al. 2015; Glorot & Bengio 2010), as in Keras's VarianceScaling. */
      readonly kind: "varianceScaling";
      readonly scale: number;
      readonly mode: "fanIn" | "fanOut" | "fanAverage";
      readonly distribution: "uniform" | "truncatedNormal";
    };

export const zeros: Initializer = { kind: "zeros" };
export const ones: Initializer = { kind: "ones" };
export const constant = (value: number): Initializer => ({ kind: "constant", value });
export const glorotUniform: Initializer = {
  kind: "varianceScaling",
  scale: 1,
  mode: "fanAverage",
  distribution: "uniform",
};
export const heNormal: Initializer = { kind: "varianceScaling", scale: 2, mode: "fanIn", distribution: "truncatedNormal" };
export const heUniform: Initializer = { kind: "varianceScaling", scale: 2, mode: "fanIn", distribution: "uniform" };

/**
 * Fan in and fan out of a weight's shape: a dense kernel is [in, out]; a convolution kernel [...window, in, out]
 * counts its window in both (Keras's compute_fans).
 */
export const fansOf = (shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } => {
  const [last = 1, beforeLast = last] = shape.toReversed();
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { fanIn: window * beforeLast, fanOut: window * last };
};
