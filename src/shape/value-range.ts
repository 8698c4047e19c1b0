/** The least and the greatest value of a pixel. */
import { optionText } from "./text.js";

export type ValueRange = readonly [number, number];

/** Of pictures as svertka's readers give them. */
export const usualRange: ValueRange = [0, 1];

/** The sentence about a range that is none. */
export const valueRangeProblem = (layer: string, range: unknown): string | undefined => {
  const ends: readonly unknown[] = Array.isArray(range) ? range : [];
  const [least, greatest] = ends;
  const fits =
    ends.length === 2 &&
    typeof least === "number" &&
    typeof greatest === "number" &&
    least < greatest &&
    greatest - least < Infinity;
  return fits
    ? undefined
    : `${layer}: valueRange ${optionText(range).slice(0, 40)} is none: give [least, greatest], such as [0, 1] or [0, 255]`;
};
