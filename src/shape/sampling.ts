/** How pictures are read between and beyond their pixels: the words, and the sentence about others. */
import { optionText } from "./text.js";

/** What lies outside a row abcd: kkkk|abcd|kkkk (`fillValue`), aaaa|abcd|dddd, dcba|abcd|dcba, abcd|abcd|abcd. */
export const fillModes = ["constant", "nearest", "reflect", "wrap"] as const;
export type FillMode = (typeof fillModes)[number];

/** Between pixels: the nearest one, or the four around weighted by nearness. */
export const interpolations = ["nearest", "bilinear"] as const;
export type Interpolation = (typeof interpolations)[number];

/** How the layers and maps that move pixels read a picture; the defaults are Keras's: `reflect`, `bilinear`, 0. */
export interface SamplingOptions {
  readonly fillMode?: FillMode | undefined;
  readonly interpolation?: Interpolation | undefined;
  /** What is outside in the mode `constant`. */
  readonly fillValue?: number | undefined;
}

export interface Sampling {
  readonly fillMode: FillMode;
  readonly interpolation: Interpolation;
  readonly fillValue: number;
}

export const samplingOf = ({
  fillMode = "reflect",
  interpolation = "bilinear",
  fillValue = 0,
}: SamplingOptions): Sampling => ({ fillMode, interpolation, fillValue });

const oneOf = (words: readonly string[], value: unknown): boolean => words.some((word) => word === value);

/** The sentence about options that are none of the words; types ask for them by themselves. */
export const samplingProblem = (layer: string, options: SamplingOptions): string | undefined => {
  const { fillMode, interpolation, fillValue } = samplingOf(options);
  if (!oneOf(fillModes, fillMode))
    return `${layer}: fillMode ${optionText(fillMode).slice(0, 40)} is none: use ${fillModes.join(", ")}`;
  if (!oneOf(interpolations, interpolation))
    return `${layer}: interpolation ${optionText(interpolation).slice(0, 40)} is none: use ${interpolations.join(" or ")}`;
  return Number.isFinite(fillValue)
    ? undefined
    : `${layer}: fillValue ${optionText(fillValue).slice(0, 40)} is no number: use one such as 0`;
};
