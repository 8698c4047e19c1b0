/** The options of convolutions and what they ask of the channels, checked in order. */
import type { AxesOption } from "./axis-options.js";
import { multiplierProblem, type MultiplierProblem } from "./depth-multiplier.js";
import type { FirstProblem } from "./first-problem.js";
import { groupsProblem, type GroupsProblem } from "./groups.js";
import { channelsProblem, type ChannelsProblem } from "./image.js";
import { reachProblem, type ReachProblem } from "./reach.js";
import type { Shape } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";

/** The sentence about the first option of a window that is no size, or about a kernel that reaches too far. */
export type WindowOptionProblem<Layer extends string, K, St, P, D> =
  FirstProblem<
    [
      SizeProblem<Layer, "kernelSize", K>,
      SizeProblem<Layer, "strides", St>,
      SizeProblem<Layer, "padding", P, 0>,
      SizeProblem<Layer, "dilationRate", D>,
    ]
  > extends infer M extends string
    ? M
    : ReachProblem<Layer, K, D>;

interface WindowOptions {
  readonly kernelSize: AxesOption;
  readonly strides: unknown;
  readonly padding: unknown;
  readonly dilationRate: AxesOption;
}
/** Says whether options that types did not check have the right form. */
export interface OptionForms {
  readonly isSizes: (value: unknown) => boolean;
  readonly isPadding: (value: unknown) => boolean;
}
/** Run-time twin of {@link WindowOptionProblem}. */
export const windowOptionProblem = (
  layer: string,
  { kernelSize, strides, padding, dilationRate }: WindowOptions,
  { isSizes, isPadding }: OptionForms,
): string | undefined =>
  sizeProblem(layer, { name: "kernelSize", value: kernelSize }, isSizes) ??
  sizeProblem(layer, { name: "strides", value: strides }, isSizes) ??
  sizeProblem(layer, { name: "padding", value: padding, least: 0 }, isPadding) ??
  sizeProblem(layer, { name: "dilationRate", value: dilationRate }, isSizes) ??
  reachProblem(layer, kernelSize, dilationRate);

/** The sentence about the options and the channels of a convolution; X is the input's shape, C its channels. */
export type ConvolutionProblem<Layer extends string, X, C, F, K, St, P, D, G> =
  FirstProblem<
    [SizeProblem<Layer, "filters", F>, WindowOptionProblem<Layer, K, St, P, D>, SizeProblem<Layer, "groups", G>]
  > extends infer M extends string
    ? M
    : FirstProblem<[ChannelsProblem<Layer, C, X>, GroupsProblem<Layer, C, F, G>]>;
/** Run-time twin of {@link ConvolutionProblem}. */
export const convolutionProblem = (
  layer: string,
  shape: Shape,
  options: WindowOptions & { readonly filters: number; readonly groups: number },
  forms: OptionForms,
): string | undefined =>
  sizeProblem(layer, { name: "filters", value: options.filters }) ??
  windowOptionProblem(layer, options, forms) ??
  sizeProblem(layer, { name: "groups", value: options.groups }) ??
  channelsProblem(layer, shape) ??
  groupsProblem(layer, { ...options, channels: shape.at(-1) ?? null });

/** The same of a depthwise convolution. */
export type DepthwiseProblem<Layer extends string, X, C, K, St, P, D, M> =
  FirstProblem<
    [WindowOptionProblem<Layer, K, St, P, D>, SizeProblem<Layer, "depthMultiplier", M>]
  > extends infer T extends string
    ? T
    : FirstProblem<[ChannelsProblem<Layer, C, X>, MultiplierProblem<Layer, C, M>]>;
/** Run-time twin of {@link DepthwiseProblem}. */
export const depthwiseProblem = (
  layer: string,
  shape: Shape,
  options: WindowOptions & { readonly depthMultiplier: number },
  forms: OptionForms,
): string | undefined =>
  windowOptionProblem(layer, options, forms) ??
  sizeProblem(layer, { name: "depthMultiplier", value: options.depthMultiplier }) ??
  channelsProblem(layer, shape) ??
  multiplierProblem(layer, shape.at(-1) ?? null, options.depthMultiplier);

/** And of a separable one: the filters are asked first. */
export type SeparableProblem<Layer extends string, X, C, F, K, St, P, D, M> =
  SizeProblem<Layer, "filters", F> extends infer T extends string ? T : DepthwiseProblem<Layer, X, C, K, St, P, D, M>;
/** Run-time twin of {@link SeparableProblem}. */
export const separableProblem = (
  layer: string,
  shape: Shape,
  options: WindowOptions & { readonly filters: number; readonly depthMultiplier: number },
  forms: OptionForms,
): string | undefined =>
  sizeProblem(layer, { name: "filters", value: options.filters }) ?? depthwiseProblem(layer, shape, options, forms);
