/** How far a dilated kernel reaches: no farther than the largest size, so that all sums stay exact. */
import { perAxis, type AxesOption } from "./axis-options.js";
import type { IsTooLarge } from "./depth-multiplier.js";
import { largest } from "./size.js";
import { optionText, type OptionText } from "./text.js";

const reachesTooFar = <Layer extends string, Kernel extends string, Dilation extends string>(
  layer: Layer,
  kernel: Kernel,
  dilation: Dilation,
) =>
  `${layer}: kernelSize ${kernel} with dilationRate ${dilation} reaches over more than 999999999 cells: use a smaller kernelSize or dilationRate` as const;

/** Whether the product is too large along one of the axes; each option is for all axes, or a list. */
type IsTooFar<K, D> = K extends readonly [infer K1, ...infer Ks]
  ? D extends readonly [infer D1, ...infer Ds]
    ? IsTooLarge<K1, D1> extends true
      ? true
      : IsTooFar<Ks, Ds>
    : IsTooLarge<K1, D> extends true
      ? true
      : IsTooFar<Ks, D>
  : D extends readonly [infer D1, ...infer Ds]
    ? IsTooLarge<K, D1> extends true
      ? true
      : IsTooFar<K, Ds>
    : IsTooLarge<K, D>;

/** The sentence about a kernel that its dilation makes larger than any input; undefined otherwise. */
export type ReachProblem<Layer extends string, K, D> = D extends 1
  ? undefined
  : IsTooFar<K, D> extends true
    ? ReturnType<typeof reachesTooFar<Layer, OptionText<K>, OptionText<D>>>
    : undefined;
/** Run-time twin of {@link ReachProblem}. */
export const reachProblem = (layer: string, kernel: AxesOption, dilation: AxesOption): string | undefined => {
  if (dilation === 1) return undefined;
  const rank = Math.max(perAxis(kernel, 1).length, perAxis(dilation, 1).length);
  const [sizes, rates] = [perAxis(kernel, rank), perAxis(dilation, rank)];
  return sizes.some((size, axis) => size * (rates[axis] ?? 1) > largest)
    ? reachesTooFar(layer, optionText(kernel), optionText(dilation))
    : undefined;
};
