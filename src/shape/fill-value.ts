/** What a hole in a picture is filled with. */
import { optionText } from "./text.js";

/** The sentence about a fill that is neither a number nor one for each channel; undefined stands for noise. */
export const fillValueProblem = (layer: string, fill: unknown, channels: number | null): string | undefined => {
  const each: readonly unknown[] = Array.isArray(fill) ? fill : fill === undefined ? [] : [fill];
  const numbers = each.every((value) => typeof value === "number" && Number.isFinite(value));
  const fits = numbers && (!Array.isArray(fill) || channels === null || fill.length === channels);
  return fits
    ? undefined
    : `${layer}: fillValue ${optionText(fill).slice(0, 40)} does not fill ${channels ?? "?"} channels: give a finite number, or one for each`;
};
