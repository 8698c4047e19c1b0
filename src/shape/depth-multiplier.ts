/** Channels of a depthwise convolution: each input channel gives as many as the depth multiplier says. */
import type { Mul } from "./nat.js";
import type { Dim } from "./shape.js";
import { largest, type HasTenDigits } from "./size.js";
import { dimText, type DimText } from "./text.js";

const tooManyChannels = <Layer extends string, Channels extends string, Multiplier extends string>(
  layer: Layer,
  channels: Channels,
  multiplier: Multiplier,
) =>
  `${layer}: ${channels} channels with depthMultiplier ${multiplier} are more than 999999999: use a smaller depthMultiplier` as const;

/** Whether the product of two literals is larger than any size; false when one is not known. */
export type IsTooLarge<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? false
      : Mul<A, B> extends infer Product extends number
        ? number extends Product
          ? true
          : HasTenDigits<`${Product}`>
        : false
    : false
  : false;

/** The sentence about too many channels; undefined otherwise. */
export type MultiplierProblem<Layer extends string, C, M> =
  IsTooLarge<C, M> extends true ? ReturnType<typeof tooManyChannels<Layer, DimText<C>, DimText<M>>> : undefined;
/** Run-time twin of {@link MultiplierProblem}. */
export const multiplierProblem = (layer: string, channels: Dim, multiplier: number): string | undefined =>
  channels !== null && channels * multiplier > largest
    ? tooManyChannels(layer, dimText(channels), dimText(multiplier))
    : undefined;
