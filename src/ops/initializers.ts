/** How weights begin: Keras's initialisers as data. `src/run/initial-weights.ts` draws the numbers. */

/** What the variance is divided by; Keras's fan_in, fan_out, fan_avg. */
export type FanMode = "fanIn" | "fanOut" | "fanAverage";
/** Keras's truncated_normal, untruncated_normal, uniform; in the first a number is within two standard deviations. */
export type ScaledDistribution = "truncatedNormal" | "untruncatedNormal" | "uniform";

export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "randomUniform"; readonly minval: number; readonly maxval: number }
  | { readonly kind: "randomNormal" | "truncatedNormal"; readonly mean: number; readonly stddev: number }
  | {
      /** Variance `scale / fan` (He et al. 2015; Glorot & Bengio 2010), as in Keras's VarianceScaling. */
      readonly kind: "varianceScaling";
      readonly scale: number;
      readonly mode: FanMode;
      readonly distribution: ScaledDistribution;
    }
  | { readonly kind: "orthogonal"; readonly gain: number }
  | {
      readonly kind: "fromArray";
      /** In row-major order. */
      readonly values: readonly number[];
      /** Undefined when any shape with as many elements will do. */
      readonly shape: readonly number[] | undefined;
    };

/** All zeros: what biases begin with. */
export const zeros: Initializer = { kind: "zeros" };
/** All ones: what scales begin with. */
export const ones: Initializer = { kind: "ones" };
/** One number everywhere. */
export const constant = (value = 0): Initializer => ({ kind: "constant", value });

/** Uniform in [minval, maxval); Keras's RandomUniform. */
export const randomUniform = ({ minval = -0.05, maxval = 0.05 } = {}): Initializer => ({
  kind: "randomUniform",
  minval,
  maxval,
});

/** Normal; Keras's RandomNormal. */
export const randomNormal = ({ mean = 0, stddev = 0.05 } = {}): Initializer => ({ kind: "randomNormal", mean, stddev });

/** Normal, what is beyond two standard deviations drawn again; Keras's TruncatedNormal. */
export const truncatedNormal = ({ mean = 0, stddev = 0.05 } = {}): Initializer => ({
  kind: "truncatedNormal",
  mean,
  stddev,
});

/**
 * Variance `scale / fan`, by the weight's shape; Keras's VarianceScaling.
 *
 * @example
 * const layer = dense({ units: 10, kernelInitializer: varianceScaling({ scale: 2, mode: "fanOut" }) })
 */
export const varianceScaling = ({
  scale = 1,
  mode = "fanIn",
  distribution = "truncatedNormal",
}: {
  readonly scale?: number;
  readonly mode?: FanMode;
  readonly distribution?: ScaledDistribution;
} = {}): Initializer => ({ kind: "varianceScaling", scale, mode, distribution });

/** Glorot & Bengio 2010 (Xavier): variance 2 / (fanIn + fanOut), for layers whose slope is near 1. */
export const glorotUniform: Initializer = varianceScaling({ mode: "fanAverage", distribution: "uniform" });
/** Glorot & Bengio 2010 with a truncated normal distribution: variance 2 / (fanIn + fanOut). */
export const glorotNormal: Initializer = varianceScaling({ mode: "fanAverage" });
/** He et al. 2015 (arXiv:1502.01852): variance 2 / fanIn, for relu. */
export const heUniform: Initializer = varianceScaling({ scale: 2, distribution: "uniform" });
/** He et al. 2015 with a truncated normal distribution: variance 2 / fanIn, for relu. */
export const heNormal: Initializer = varianceScaling({ scale: 2 });
/** LeCun et al. 1998: variance 1 / fanIn, for selu. */
export const lecunUniform: Initializer = varianceScaling({ distribution: "uniform" });
/** LeCun et al. 1998 with a truncated normal distribution: variance 1 / fanIn, for selu. */
export const lecunNormal: Initializer = varianceScaling();

/**
 * Orthonormal columns (or rows, where there are fewer) of the kernel as a matrix [… · in, out], times gain.
 *
 * Source  Saxe, McClelland & Ganguli 2014 (arXiv:1312.6120); Keras's Orthogonal.
 */
export const orthogonal = ({ gain = 1 } = {}): Initializer => ({ kind: "orthogonal", gain });

/**
 * Given numbers, in row-major order: a list, or an array with its shape, which must then be the weight's.
 *
 * @example
 * const layer = dense({ units: 2, useBias: false, kernelInitializer: fromArray([1, 0, 0, 1]) })
 */
export const fromArray = (
  array: ArrayLike<number> | { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
): Initializer =>
  "data" in array
    ? { kind: "fromArray", values: Array.from(array.data), shape: [...array.shape] }
    : { kind: "fromArray", values: Array.from(array), shape: undefined };

/**
 * Fan in and fan out of a weight's shape: a dense kernel is [in, out]; a convolution kernel [...window, in, out]
 * counts its window in both (Keras's compute_fans).
 */
export const fansOf = (shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } => {
  const [last = 1, beforeLast = last] = shape.toReversed();
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { fanIn: window * beforeLast, fanOut: window * last };
};

/** A sentence about an initialiser that cannot begin a weight of that shape. */
export const initializerProblem = (initializer: Initializer, shape: readonly number[]): string | undefined => {
  const { kind } = initializer;
  switch (kind) {
    case "fromArray":
      return arrayProblem(initializer, shape);
    case "orthogonal":
      return shape.length < 2
        ? `orthogonal: a weight of shape [${shape.join("x")}] is no matrix: use another initializer`
        : notFinite(kind, { gain: initializer.gain });
    case "randomNormal":
    case "truncatedNormal":
      return initializer.stddev < 0
        ? `${kind}: stddev ${initializer.stddev} is below 0: use a number such as 0.05`
        : notFinite(kind, { mean: initializer.mean, stddev: initializer.stddev });
    case "randomUniform":
      return initializer.maxval < initializer.minval
        ? `randomUniform: maxval ${initializer.maxval} is below minval ${initializer.minval}: exchange them`
        : notFinite(kind, { minval: initializer.minval, maxval: initializer.maxval });
    case "varianceScaling":
      return initializer.scale <= 0
        ? `varianceScaling: scale ${initializer.scale} is not above 0: use a number such as 1`
        : notFinite(kind, { scale: initializer.scale });
    case "constant":
      return notFinite(kind, { value: initializer.value });
    case "zeros":
    case "ones":
      return undefined;
  }
};

const arrayProblem = (
  { values, shape: given }: Extract<Initializer, { kind: "fromArray" }>,
  shape: readonly number[],
): string | undefined => {
  if (given !== undefined && given.join() !== shape.join())
    return `fromArray: an array of shape [${given.join("x")}] cannot begin a weight of shape [${shape.join("x")}]: give it that shape`;
  const size = shape.reduce((a, b) => a * b, 1);
  return values.length === size
    ? undefined
    : `fromArray: ${values.length} numbers cannot fill a weight of shape [${shape.join("x")}]: give it ${size}`;
};

const notFinite = (kind: string, options: Readonly<Record<string, number>>): string | undefined => {
  const bad = Object.entries(options).find(([, value]) => !Number.isFinite(value));
  return bad === undefined ? undefined : `${kind}: ${bad[0]} ${String(bad[1])} is not finite: use a number`;
};
