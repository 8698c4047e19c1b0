/** Normal random numbers in a graph. */
import type { Value } from "../compiler/ir/graph.js";
import { cos, log, mul, sqrt, sub, x0, x1, type Formula } from "../formula/formula.js";
import type { LayerBuilder } from "./layer.js";

/** √(−2 log(1 − u)) cos 2πv: the argument of the logarithm is in (0, 1], so that no number is infinite. */
export const boxMuller: Formula = mul(sqrt(mul(-2, log(sub(1, x0)))), cos(mul(2 * Math.PI, x1)));

/**
 * Numbers of mean 0 and deviation 1 like `like`, other ones for each layer and each step; none beyond 5.8 (24 bits).
 *
 * Source  Box & Muller 1958; the sine of the pair is not used.
 */
export const normalNoise = ({ emit, uniform }: LayerBuilder, like: Value): Value =>
  emit("elementwise", [uniform(like), uniform(like)], { formula: boxMuller });
