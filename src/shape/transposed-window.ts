/**
 * A transposed convolution along any number of axes, in types and at run time: Keras 3's sizes
 * (compute_conv_transpose_output_shape), and padding in numbers that cuts the result, as PyTorch and ONNX have it.
 */
import { E, type Either } from "../fp.js";
import { perAxis, sidesPerAxis, type At, type AxesOption, type AxesPadding } from "./axis-options.js";
import type { IsTooLarge } from "./depth-multiplier.js";
import type { Add, Div, Mod, Mul, Sub } from "./nat.js";
import type { Sides } from "./padding.js";
import type { Dim, ShapeError } from "./shape.js";
import { largest } from "./size.js";
import { dimText, optionText, shapeText, type DimText, type OptionText, type ShapeText } from "./text.js";
import { extent, type Extent } from "./window.js";

/** The window of a transposed convolution; without an output padding the stride's rest is kept. */
export interface TransposedWindow {
  readonly kernel: AxesOption;
  readonly strides: AxesOption;
  readonly padding: AxesPadding;
  readonly outputPadding: AxesOption | null;
  readonly dilation: AxesOption;
}

const notBelowStrides = <Layer extends string, Padding extends string, Strides extends string>(
  layer: Layer,
  padding: Padding,
  strides: Strides,
) =>
  `${layer}: outputPadding ${padding} is not smaller than strides ${strides}: use an outputPadding below the stride of each axis` as const;
const tooLarge = <Layer extends string, Strides extends string, Input extends string>(
  layer: Layer,
  strides: Strides,
  input: Input,
) => `${layer}: strides ${strides} make input ${input} larger than 999999999: use smaller strides` as const;
const nothingLeft = <Layer extends string, Padding extends string, Full extends string, Limit extends string>(of: {
  readonly layer: Layer;
  readonly padding: Padding;
  readonly full: Full;
  readonly limit: Limit;
}) =>
  `${of.layer}: padding ${of.padding} leaves nothing of the output ${of.full}: use padding 'valid', or at most ${of.limit} on each side` as const;

/** The axes in which the output padding reaches the stride, and those that grow beyond all sizes: never when none does. */
type NotBelow<Axes, St, O> = {
  [I in keyof Axes]: At<O, I> extends number
    ? At<St, I> extends number
      ? number extends At<O, I> | At<St, I>
        ? never
        : [Sub<At<O, I>, At<St, I>>] extends [never]
          ? never
          : I
      : never
    : never;
}[number & keyof Axes];
type Growing<Axes, St> = { [I in keyof Axes]: IsTooLarge<Axes[I], At<St, I>> }[number & keyof Axes];

/** The sentence about strides and output padding that are sizes, but do not go together with each other or the input. */
export type TransposedProblem<Layer extends string, Axes, St, O> = [NotBelow<Axes, St, O>] extends [never]
  ? true extends Growing<Axes, St>
    ? ReturnType<typeof tooLarge<Layer, OptionText<St>, ShapeText<Axes>>>
    : undefined
  : ReturnType<typeof notBelowStrides<Layer, OptionText<O>, OptionText<St>>>;
/** Run-time twin of {@link TransposedProblem}. */
export const transposedProblem = (
  layer: string,
  axes: readonly Dim[],
  { strides, outputPadding }: TransposedWindow,
): string | undefined => {
  const steps = perAxis(strides, axes.length);
  const extra = outputPadding === null ? [] : perAxis(outputPadding, axes.length);
  if (extra.some((size, axis) => size >= (steps[axis] ?? 1)))
    return notBelowStrides(layer, optionText(outputPadding), optionText(strides));
  return axes.some((dim, axis) => dim !== null && dim * (steps[axis] ?? 1) > largest)
    ? tooLarge(layer, optionText(strides), shapeText(axes))
    : undefined;
};

/** The valid extent: in · stride + max(kernel − stride, 0), or with an output padding (in − 1) · stride + kernel + that. */
type FullAxis<I, K, St, O, D> = O extends null
  ? Add<Mul<I, St>, Excess<Extent<K, D>, St>>
  : Add<Add<Mul<Sub<I, 1>, St>, Extent<K, D>>, O>;
type Excess<A, B> = [Sub<A, B>] extends [never] ? 0 : Sub<A, B>;
const fullAxis = (dim: number, reach: number, stride: number, extra: number | null): number =>
  extra === null ? dim * stride + Math.max(reach - stride, 0) : (dim - 1) * stride + reach + extra;

/** in · stride for "same", or with an output padding (in − 1) · stride + kernel mod 2 + that. */
type SameAxis<I, K, St, O, D> = O extends null ? Mul<I, St> : Add<Add<Mul<Sub<I, 1>, St>, Mod<Extent<K, D>, 2>>, O>;
const sameAxis = (dim: number, reach: number, stride: number, extra: number | null): number =>
  extra === null ? dim * stride : (dim - 1) * stride + (reach % 2) + extra;

/** One axis of the output; 0 or never when nothing is left. */
type TransposedAxis<I, K, St, P, O, D> = P extends "same"
  ? SameAxis<I, K, St, O, D>
  : P extends "valid"
    ? FullAxis<I, K, St, O, D>
    : Sub<FullAxis<I, K, St, O, D>, P extends readonly [infer A, infer B] ? Add<A, B> : Mul<P, 2>>;

/** The output's axes; never when nothing is left of one. */
type TransposeAll<Axes, K, St, P, O, D, Done extends unknown[] = []> = Axes extends readonly [infer I, ...infer Rest]
  ? TransposedAxis<
      I,
      At<K, Done["length"]>,
      At<St, Done["length"]>,
      At<P, Done["length"]>,
      At<O, Done["length"]>,
      At<D, Done["length"]>
    > extends infer Out
    ? [Out] extends [0]
      ? never
      : TransposeAll<Rest, K, St, P, O, D, [...Done, Out]>
    : never
  : Done;

type FullAll<Axes, K, St, O, D> = { [I in keyof Axes]: FullAxis<Axes[I], At<K, I>, At<St, I>, At<O, I>, At<D, I>> };

/** The largest padding on both sides that leaves a cell of each axis that is known. */
type LargestPadding<Full, Best = null> = Full extends readonly [infer Head, ...infer Tail]
  ? LargestPadding<
      Tail,
      Smaller<Best, Head extends number ? (number extends Head ? null : Div<Sub<Head, 1>, 2>) : null>
    >
  : Best;
type Smaller<A, B> = A extends null ? B : B extends null ? A : [Sub<B, A>] extends [never] ? B : A;

/** The output's axes and the channels, or the sentence; all sizes are known to be sizes. */
export type TransposedShape<Layer extends string, Axes, Channels, K, St, P, O, D, PaddingText extends string> =
  TransposeAll<Axes, K, St, P, O, D> extends infer Out
    ? [Out] extends [never]
      ? FullAll<Axes, K, St, O, D> extends infer Full
        ? ShapeError<ReturnType<typeof nothingLeft<Layer, PaddingText, ShapeText<Full>, DimText<LargestPadding<Full>>>>>
        : never
      : Out extends readonly unknown[]
        ? [...Out, Channels]
        : never
    : never;

/** The parts of a window for one axis. */
interface AxisWindow {
  readonly reach: number;
  readonly stride: number;
  readonly extra: number | null;
  readonly sides: Sides;
}
const axisWindows = (rank: number, window: TransposedWindow): readonly AxisWindow[] => {
  const { kernel, strides, outputPadding, dilation, padding } = window;
  const [steps, dilations] = [perAxis(strides, rank), perAxis(dilation, rank)];
  const extra = outputPadding === null ? [] : perAxis(outputPadding, rank);
  const sides = sidesPerAxis(padding, rank);
  return perAxis(kernel, rank).map((size, axis) => ({
    reach: extent(size, dilations[axis] ?? 1),
    stride: steps[axis] ?? 1,
    extra: extra[axis] ?? null,
    sides: sides[axis] ?? [0, 0],
  }));
};

/** Run-time twin of {@link TransposedShape}: the output's axes without the channels. */
export const transposeAll = (
  layer: string,
  axes: readonly Dim[],
  window: TransposedWindow,
  paddingText: string,
): Either<string, readonly Dim[]> => {
  const output = outputSizes(axes, window);
  if (output.every((dim) => dim === null || dim > 0)) return E.right(output);
  const full = outputSizes(axes, { ...window, padding: "valid" });
  const limit = Math.min(...full.filter((dim) => dim !== null).map((dim) => Math.floor((dim - 1) / 2)));
  return E.left(nothingLeft({ layer, padding: paddingText, full: shapeText(full), limit: dimText(limit) }));
};

/** The output's axes; not above 0 where nothing is left. */
const outputSizes = (axes: readonly Dim[], window: TransposedWindow): readonly Dim[] =>
  axisWindows(axes.length, window).map(({ reach, stride, extra, sides }, axis) => {
    const dim = axes[axis] ?? null;
    if (dim === null) return null;
    return window.padding === "same"
      ? sameAxis(dim, reach, stride, extra)
      : fullAxis(dim, reach, stride, extra) - sides[0] - sides[1];
  });

/** The output's axes for an input that is known to fit. */
export const outputAxes = (axes: readonly number[], window: TransposedWindow): readonly number[] =>
  outputSizes(axes, window).filter((dim) => dim !== null);

/** The cells that are cut from the full result before and after each axis; for "same" the odd one after, as TensorFlow. */
export const cutsOfAxes = (
  axes: readonly number[],
  output: readonly number[],
  window: TransposedWindow,
): readonly Sides[] =>
  axisWindows(axes.length, window).map(({ reach, stride, sides }, axis) => {
    if (window.padding !== "same") return sides;
    const total = Math.max(((axes[axis] ?? 1) - 1) * stride + reach - (output[axis] ?? 1), 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
