/** The ways of flipping a picture. */
import { optionText } from "./text.js";

export const flipModes = ["horizontal", "vertical", "horizontalAndVertical"] as const;
export type FlipMode = (typeof flipModes)[number];

/** The sentence about a mode that is none; types ask for it by themselves. */
export const flipProblem = (layer: string, mode: unknown): string | undefined =>
  flipModes.some((known) => known === mode)
    ? undefined
    : `${layer}: mode ${optionText(mode).slice(0, 40)} is none: use ${flipModes.join(", ")}`;
