/**
 * How colours are changed at random, as formulas of uniform numbers x0, x1, … in [0, 1): written once for layers and data maps.
 *
 * Source  Keras 3's RandomBrightness, RandomContrast, RandomSaturation and RandomHue: the same draws in the same order.
 */
import { add, div, mul, sub, type Formula, x0, x1 } from "../formula/formula.js";
import { factorRange, type Factor } from "../shape/factor.js";
import type { ValueRange } from "../shape/value-range.js";
import { between, randomSign } from "./image-transformations.js";

/** What is added to every value. */
export const brightnessChange = (factor: Factor, [least, greatest]: ValueRange): Formula =>
  mul(greatest - least, between(factorRange(factor, -1), x0));

/** By what the distance from the channel's mean is multiplied: from 1 - lower to 1 + upper; a number f gives 1 to 1 + f, as in Keras. */
export const contrastFactor = (factor: Factor): Formula => {
  const [lower, upper] = factorRange(factor, 0);
  return between([1 - lower, 1 + upper], x0);
};

/** By what the saturation is multiplied: f / (1 - f), so that 0.5 leaves it, 0 is grey and 1 as vivid as can be. */
export const saturationFactor = (factor: Factor): Formula => {
  const drawn = between(factorRange(factor, -1), x0);
  return div(drawn, add(sub(1, drawn), 1e-7)); // 1e-7 is Keras's epsilon
};

/** What is added to the hue, where 1 is a whole turn of the colour circle. */
export const hueChange = (factor: Factor): Formula =>
  mul(mul(randomSign(x0), between(factorRange(factor, 0), x1)), 0.5);
