/** What the rules of convolutions share beyond the image's: their options in order, and the slid axes with the channels. */
import type { FirstProblem } from "./first-problem.js";
import type { AxesMisfit, SlideAll } from "./axes-window.js";
import { sizeProblem, type SizeProblem } from "./size.js";

/** The sentence about the first option of a window that is no size. */
export type WindowOptionProblem<Layer extends string, K, St, P, D> = FirstProblem<
  [
    SizeProblem<Layer, "kernelSize", K>,
    SizeProblem<Layer, "strides", St>,
    SizeProblem<Layer, "padding", P, 0>,
    SizeProblem<Layer, "dilationRate", D>,
  ]
>;

interface WindowOptions {
  readonly kernelSize: unknown;
  readonly strides: unknown;
  readonly padding: unknown;
  readonly dilationRate: unknown;
}
/** Says whether options that types did not check have the right form. */
interface OptionForms {
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
  sizeProblem(layer, { name: "dilationRate", value: dilationRate }, isSizes);

/** The slid axes and the channels, or the sentence; all sizes are known to be sizes. */
export type SlidShape<Layer extends string, Axes, Channels, K, St, P, D, PaddingText extends string> =
  SlideAll<Axes, K, St, P, D> extends infer Out
    ? [Out] extends [never]
      ? AxesMisfit<Layer, Axes, K, P, D, PaddingText>
      : Out extends readonly unknown[]
        ? [...Out, Channels]
        : never
    : never;

/** A padding over one axis, where a pair is [before, after], as one over a list of axes. */
export type OneAxis<P> = P extends string ? P : [P];
