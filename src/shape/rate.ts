/** Fractions and spreads: what may be a rate or a standard deviation. */
import { optionText, type OptionText } from "./text.js";

type IsRate<R extends number> = number extends R
  ? true
  : `${R}` extends `-${string}`
    ? false
    : `${R}` extends "0" | `0.${string}` | `${string}e-${string}`
      ? true
      : false;

const noRate = <Layer extends string, Rate extends string>(layer: Layer, rate: Rate) =>
  `${layer}: rate ${rate} is not in [0, 1): use the fraction of elements to drop, such as 0.5` as const;

/** The sentence about a rate outside [0, 1); undefined for a good one, or when types cannot know. */
export type RateProblem<Layer extends string, R extends number> =
  IsRate<R> extends true ? undefined : ReturnType<typeof noRate<Layer, OptionText<R>>>;
/** Run-time twin of {@link RateProblem}. */
export const rateProblem = (layer: string, rate: number): string | undefined =>
  rate >= 0 && rate < 1 ? undefined : noRate(layer, optionText(rate));

const noSpread = <Layer extends string, Value extends string>(layer: Layer, value: Value) =>
  `${layer}: stddev ${value} is no standard deviation: use a number that is not below 0, such as 0.1` as const;

/** The sentence about a standard deviation below 0. */
export type SpreadProblem<Layer extends string, V extends number> = number extends V
  ? undefined
  : `${V}` extends `-${string}`
    ? ReturnType<typeof noSpread<Layer, OptionText<V>>>
    : undefined;
/** Run-time twin of {@link SpreadProblem}. */
export const spreadProblem = (layer: string, value: number): string | undefined =>
  value >= 0 && value < Infinity ? undefined : noSpread(layer, optionText(value));
