/** A window that slides along any number of axes: the rule of 1-D and 3-D convolutions, in types and at run time. */
import { E, type Either } from "../fp.js";
import {
  perAxis,
  sidesPerAxis,
  type At,
  type AxesOption,
  type AxesPadding,
  type PerAxis,
} from "./axis-options.js";
import type { Max } from "./nat.js";
import { padAxis, type Padded, type Sides } from "./padding.js";
import type { Dim, ShapeError } from "./shape.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";
import {
  ceilDiv,
  extent,
  largestKernel,
  neededPad,
  slide,
  windowDoesNotFit,
  type Extent,
  type LargestKernel,
  type NeededPad,
  type Slide,
} from "./window.js";

/** The window of a layer over a number of axes; the padding has one part for each axis unless it is one for all. */
export interface AxesWindow {
  readonly kernel: AxesOption;
  readonly strides: AxesOption;
  readonly padding: AxesPadding;
  readonly dilation: AxesOption;
}

/** The output's axes; never when the window does not fit along one. */
export type SlideAll<Axes, K, S, P, D, Done extends unknown[] = []> = Axes extends readonly [infer I, ...infer Rest]
  ? Slide<
      I,
      At<K, Done["length"]>,
      At<S, Done["length"]>,
      At<P, Done["length"]>,
      At<D, Done["length"]>
    > extends infer Out
    ? [Out] extends [never]
      ? never
      : SlideAll<Rest, K, S, P, D, [...Done, Out]>
    : never
  : Done;

/** `3x3x3`, `3 dilated by 2`. */
type KernelText<Axes, K, D> = D extends 1
  ? ShapeText<PerAxis<K, Axes>>
  : `${ShapeText<PerAxis<K, Axes>>} dilated by ${OptionText<D>}`;
const kernelText = (kernel: readonly number[], dilation: AxesOption): string =>
  dilation === 1 ? shapeText(kernel) : `${shapeText(kernel)} dilated by ${optionText(dilation)}`;

type MaxNeeded<Axes, K, D, Best = 0, Done extends unknown[] = []> = Axes extends readonly [infer I, ...infer Rest]
  ? MaxNeeded<
      Rest,
      K,
      D,
      Max<Best, NeededPad<I, Extent<At<K, Done["length"]>, At<D, Done["length"]>>>>,
      [...Done, I]
    >
  : Best;
type Limits<Axes, K, P, D> = { [I in keyof Axes]: LargestKernel<Padded<Axes[I], At<P, I>>, At<K, I>, At<D, I>> };

/** The sentence about a window that does not fit; PaddingText is the padding as it was written. */
export type AxesMisfit<Layer extends string, Axes, K, P, D, PaddingText extends string> = ShapeError<
  ReturnType<
    typeof windowDoesNotFit<
      Layer,
      "kernel",
      KernelText<Axes, K, D>,
      ShapeText<Axes>,
      PaddingText,
      OptionText<MaxNeeded<Axes, K, D>>,
      ShapeText<Limits<Axes, K, P, D>>
    >
  >
>;

/** Run-time twin of {@link SlideAll} and {@link AxesMisfit}: the output's axes without the channels. */
export const slideAll = (
  layer: string,
  axes: readonly Dim[],
  { kernel, strides, padding, dilation }: AxesWindow,
  paddingText: string,
): Either<string, readonly Dim[]> => {
  const rank = axes.length;
  const [kernels, steps, dilations] = [perAxis(kernel, rank), perAxis(strides, rank), perAxis(dilation, rank)];
  const stepOf = (axis: number): number => steps[axis] ?? 1;
  if (padding === "same" || padding === "causal") return E.right(axes.map((dim, axis) => ceilDiv(dim, stepOf(axis))));
  const reach = kernels.map((size, axis) => extent(size, dilations[axis] ?? 1));
  const padded = sidesPerAxis(padding, rank).map((sides, axis) => padAxis(axes[axis] ?? null, sides));
  const output = padded.map((dim, axis) => slide(dim, reach[axis] ?? 1, stepOf(axis)));
  const fitting = output.filter((dim) => dim !== undefined);
  if (fitting.length === rank) return E.right(fitting);
  return E.left(
    windowDoesNotFit({
      layer,
      word: "kernel",
      window: kernelText(kernels, dilation),
      input: shapeText(axes),
      padding: paddingText,
      pad: String(Math.max(...axes.map((dim, axis) => neededPad(dim, reach[axis] ?? 1)))),
      limit: shapeText(padded.map((dim, axis) => largestKernel(dim, kernels[axis] ?? 1, dilations[axis] ?? 1))),
    }),
  );
};

/** The cells to add before and after each axis; "same" as TensorFlow has it, the odd one after; "causal" all before. */
export const padsOfAxes = (
  axes: readonly number[],
  { kernel, strides, padding, dilation }: AxesWindow,
): readonly Sides[] => {
  if (padding !== "same" && padding !== "causal") return sidesPerAxis(padding, axes.length);
  const [kernels, steps, dilations] = [kernel, strides, dilation].map((option) => perAxis(option, axes.length));
  return axes.map((size, axis) => {
    const reach = extent(kernels?.[axis] ?? 1, dilations?.[axis] ?? 1);
    if (padding === "causal") return [reach - 1, 0];
    const stride = steps?.[axis] ?? 1;
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
};
