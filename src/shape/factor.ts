/** Random factors: a number or the two ends of a range, as Keras's augmentation layers take them, and between what they may lie. */
import { optionText, type OptionText } from "./text.js";

/** How much a picture is changed: a number f for the range that the layer makes of it, or [lower, upper]. */
export type Factor = number | readonly [number, number];

/** Where a factor may lie: `(-1, 1]` is that of a zoom, which -1 would shrink to nothing. */
export type FactorBounds = "[0, 1]" | "[-1, 1]" | "(-1, 1]";

type IsFraction<Text extends string> = Text extends "0" | "1" | `0.${string}` | `${string}e-${string}` ? true : false;
type IsWithin<Text extends string, Bounds extends FactorBounds> = Text extends `-${infer Size}`
  ? Bounds extends "[0, 1]"
    ? false
    : [Bounds, Size] extends ["(-1, 1]", "1"]
      ? false
      : IsFraction<Size>
  : IsFraction<Text>;

/** The literals in F that lie outside; `never` when none does, or when types cannot know. */
type Outside<F, Bounds extends FactorBounds> = F extends number
  ? number extends F
    ? never
    : IsWithin<`${F}`, Bounds> extends true
      ? never
      : F
  : F extends readonly [infer Lower, infer Upper]
    ? Outside<Lower, Bounds> | Outside<Upper, Bounds>
    : never;

const noFactor = <Layer extends string, Option extends string, Value extends string, Bounds extends FactorBounds>(
  layer: Layer,
  option: Option,
  value: Value,
  bounds: Bounds,
) => `${layer}: ${option} ${value} is not in ${bounds}: give a number or [lower, upper] in it, such as 0.2` as const;

/** The sentence about a factor outside its bounds; undefined for a good one, or when types cannot know. */
export type FactorProblem<Layer extends string, Option extends string, F, Bounds extends FactorBounds> = [
  Outside<F, Bounds>,
] extends [never]
  ? undefined
  : ReturnType<typeof noFactor<Layer, Option, OptionText<F>, Bounds>>;

const isWithin = (value: unknown, bounds: FactorBounds): boolean =>
  typeof value === "number" &&
  value <= 1 &&
  (bounds === "[0, 1]" ? value >= 0 : bounds === "[-1, 1]" ? value >= -1 : value > -1);

/** Run-time twin of {@link FactorProblem}. */
export const factorProblem = (
  layer: string,
  option: { readonly name: string; readonly value: unknown; readonly bounds: FactorBounds },
): string | undefined => {
  const { name, value, bounds } = option;
  const ends: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  return ends.length === 2 && ends.every((end) => isWithin(end, bounds))
    ? undefined
    : noFactor(layer, name, optionText(value).slice(0, 40), bounds);
};

/** The range of a factor: a number f stands for [-f, f], or [0, f] where the least is 0; the ends may come in either order. */
export const factorRange = (factor: Factor, least: 0 | -1): readonly [number, number] => {
  if (typeof factor !== "number") return [Math.min(...factor), Math.max(...factor)];
  const size = Math.abs(factor);
  return [least === 0 ? 0 : -size, size];
};
