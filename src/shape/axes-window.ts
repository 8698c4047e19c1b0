/** A window that slides along any number of axes: the rule of poolings and of 1-D and 3-D convolutions, in types and at run time. */
import { E, type Either } from "../fp.js";
import { perAxis, sidesPerAxis, type At, type AxesOption, type AxesPadding, type PerAxis } from "./axis-options.js";
import { padAxis, type Padded, type Sides } from "./padding.js";
import type { Dim, Shape, ShapeError } from "./shape.js";
import { strictProblem, type StrictProblem } from "./strict-window.js";
import { optionText, shapeText, type OptionText, type ShapeText } from "./text.js";
import {
  ceilDiv,
  extent,
  largestKernel,
  neededPad,
  neededText,
  slide,
  windowMisfit,
  type Extent,
  type LargestKernel,
  type NeededPad,
  type NeededText,
  type Slide,
  type WindowMisfit,
} from "./window.js";

/** The window of a layer over a number of axes: each option has one part for each axis unless it is one for all. */
export interface AxesWindow {
  readonly kernel: AxesOption;
  readonly strides: AxesOption;
  readonly padding: AxesPadding;
  readonly dilation: AxesOption;
}

/** A padding over one axis, where a pair is [before, after], as one over a list of axes. */
export type OneAxis<P> = P extends string ? P : [P];
export const oneAxis = (padding: string | number | Sides): AxesPadding =>
  typeof padding === "string" ? padding : [padding];

/** The output's axes; never when the window does not fit along one. */
type SlideAll<Axes, K, S, P, D, Done extends unknown[] = []> = Axes extends readonly [infer I, ...infer Rest]
  ? Slide<I, At<K, Done["length"]>, At<S, Done["length"]>, At<P, Done["length"]>, At<D, Done["length"]>> extends infer O
    ? [O] extends [never]
      ? never
      : SlideAll<Rest, K, S, P, D, [...Done, O]>
    : never
  : Done;

/** `3x3x3`, `3 dilated by 2`. */
type KernelText<Axes, K, D> = D extends 1
  ? ShapeText<PerAxis<K, Axes>>
  : `${ShapeText<PerAxis<K, Axes>>} dilated by ${OptionText<D>}`;
const kernelText = (kernel: readonly number[], dilation: AxesOption): string =>
  dilation === 1 ? shapeText(kernel) : `${shapeText(kernel)} dilated by ${optionText(dilation)}`;

type NeededPads<Axes, K, D> = { -readonly [I in keyof Axes]: NeededPad<Axes[I], Extent<At<K, I>, At<D, I>>> };
type Limits<Axes, K, P, D> = { [I in keyof Axes]: LargestKernel<Padded<Axes[I], At<P, I>>, At<K, I>, At<D, I>> };
type Misfit<Layer extends string, Word extends string, Axes, K, P, D, PaddingText extends string> = WindowMisfit<
  Layer,
  Word,
  KernelText<Axes, K, D>,
  ShapeText<Axes>,
  PaddingText,
  NeededText<NeededPads<Axes, K, D>>,
  ShapeText<Limits<Axes, K, P, D>>
>;

/**
 * The slid axes and the channels, or the sentence; all sizes are known to be sizes. PaddingText is the padding as it was
 * written, Word what the window is called.
 */
export type AxesWindowShape<
  Layer extends string,
  Axes,
  C,
  K,
  S,
  P,
  D,
  PaddingText extends string,
  Strict,
  Word extends string = "kernel",
> =
  SlideAll<Axes, K, S, P, D> extends infer Out
    ? [Out] extends [never]
      ? ShapeError<Misfit<Layer, Word, Axes, K, P, D, PaddingText>>
      : Out extends readonly unknown[]
        ? Strict extends true
          ? StrictProblem<Layer, Word, KernelText<Axes, K, D>, Axes, K, S, P, D> extends infer M extends string
            ? ShapeError<M>
            : [...Out, C]
          : [...Out, C]
        : never
    : never;

interface WindowRequest {
  readonly axes: readonly Dim[];
  readonly channels: Dim;
  readonly window: AxesWindow;
  readonly paddingText: string;
  readonly strict: boolean;
  readonly word?: "kernel" | "pool";
}
/** Run-time twin of {@link AxesWindowShape}. */
export const axesWindowShape = (layer: string, request: WindowRequest): Either<string, Shape> => {
  const { axes, channels, window, paddingText, strict, word = "kernel" } = request;
  const { padding, dilation } = window;
  const parts = windowAxes(axes, window);
  const padded = parts.map(({ size, sides }) => (sides === "same" ? size : padAxis(size, sides)));
  const output = parts.map(({ reach, stride }, axis) => slide(padded[axis] ?? null, reach, stride));
  const fitting =
    padding === "same"
      ? parts.map(({ size, stride }) => ceilDiv(size, stride))
      : output.filter((dim) => dim !== undefined);
  const kernels = parts.map(({ kernel }) => kernel);
  if (fitting.length < axes.length)
    return E.left(
      windowMisfit({
        layer,
        word,
        window: kernelText(kernels, dilation),
        input: shapeText(axes),
        padding: paddingText,
        pad: neededText(parts.map(({ size, reach }) => neededPad(size, reach))),
        limit: shapeText(parts.map((part, axis) => largestKernel(padded[axis] ?? null, part.kernel, part.dilation))),
      }),
    );
  const facts = { layer, word, window: kernelText(kernels, dilation), strides: window.strides };
  const problem = strict ? strictProblem(facts, parts) : undefined;
  return problem === undefined ? E.right([...fitting, channels]) : E.left(problem);
};

/** The window's parts, one for each axis. */
const windowAxes = (axes: readonly Dim[], { kernel, strides, padding, dilation }: AxesWindow) => {
  const [steps, dilations] = [perAxis(strides, axes.length), perAxis(dilation, axes.length)];
  const given = sidesPerAxis(padding, axes.length);
  return perAxis(kernel, axes.length).map((size, axis) => {
    const reach = extent(size, dilations[axis] ?? 1);
    const explicit: Sides = padding === "causal" ? [reach - 1, 0] : (given[axis] ?? [0, 0]);
    return {
      size: axes[axis] ?? null,
      kernel: size,
      reach,
      stride: steps[axis] ?? 1,
      dilation: dilations[axis] ?? 1,
      sides: padding === "same" ? padding : explicit,
    } as const;
  });
};

/** The cells to add before and after each axis; "same" as TensorFlow has it, the odd one after; "causal" all before. */
export const padsOfAxes = (axes: readonly number[], window: AxesWindow): readonly Sides[] =>
  windowAxes(axes, window).map(({ reach, stride, sides }, axis) => {
    if (sides !== "same") return sides;
    const size = axes[axis] ?? 1;
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
