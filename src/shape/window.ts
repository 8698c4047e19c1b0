/** A window that slides over height and width: convolutions and poolings, in types and at run time. */
import { E, type Either } from "../fp.js";
import type { WindowAxis } from "./left-out.js";
import type { Add, CeilDiv, Div, Mul, Sub } from "./nat.js";
import {
  padAxis,
  pairOf,
  sidesOf,
  type First,
  type Padded,
  type PaddingOption,
  type PairOption,
  type Second,
  type Sides,
} from "./padding.js";
import type { Dim, Shape, ShapeError } from "./shape.js";
import { strictProblem, type StrictProblem } from "./strict-window.js";
import { brief, optionText, shapeText, type Brief, type OptionText, type ShapeText } from "./text.js";

/** The numbers of a window: how far it reaches, steps, and what surrounds the input. */
export interface Window {
  readonly kernel: PairOption;
  readonly strides: PairOption;
  readonly padding: PaddingOption;
  readonly dilation: PairOption;
  /** Whether no cell of the input may be left out. */
  readonly strict?: boolean | undefined;
}

/** dilation · (kernel − 1) + 1 */
export type Extent<K, D> = D extends 1 ? K : Add<Mul<D, Sub<K, 1>>, 1>;
export const extent = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/** One axis of the output; never when the window does not fit (Dumoulin & Visin 2016, relationships 6 and 15). */
export type Slide<I, K, S, P, D> = P extends "same" | "causal"
  ? CeilDiv<I, S>
  : Steps<Sub<Padded<I, P>, Extent<K, D>>, S>;
type Steps<Room, S> = [Room] extends [never] ? never : Add<Div<Room, S>, 1>;
export const slide = (padded: Dim, reach: number, stride: number): Dim | undefined =>
  padded === null ? null : padded < reach ? undefined : Math.floor((padded - reach) / stride) + 1;

const windowDoesNotFit = <
  Layer extends string,
  Word extends string,
  Window extends string,
  Input extends string,
  Padding extends string,
  Pad extends string,
  Limit extends string,
>(numbers: {
  readonly layer: Layer;
  readonly word: Word;
  readonly window: Window;
  readonly input: Input;
  readonly padding: Padding;
  readonly pad: Pad;
  readonly limit: Limit;
}) =>
  `${numbers.layer}: ${numbers.word} ${numbers.window} does not fit input ${numbers.input} with padding ${numbers.padding}: pad by at least ${numbers.pad} on each side, or use a ${numbers.word} of at most ${numbers.limit}` as const;

const doesNotFitBriefly = <
  Layer extends string,
  Word extends string,
  Window extends string,
  Input extends string,
>(numbers: {
  readonly layer: Layer;
  readonly word: Word;
  readonly window: Window;
  readonly input: Input;
}) =>
  `${numbers.layer}: ${numbers.word} ${numbers.window} does not fit input ${numbers.input}: use a smaller ${numbers.word}, or more padding` as const;

/** The sentence about a window that does not fit; without its numbers for the remedy where they make it too long. */
export type WindowMisfit<
  Layer extends string,
  Word extends string,
  Window extends string,
  Input extends string,
  Padding extends string,
  Pad extends string,
  Limit extends string,
> = Brief<
  ReturnType<typeof windowDoesNotFit<Layer, Word, Window, Input, Padding, Pad, Limit>>,
  ReturnType<typeof doesNotFitBriefly<Layer, Word, Window, Input>>
>;
/** Run-time twin of {@link WindowMisfit}. */
export const windowMisfit = (
  numbers: Readonly<Record<"layer" | "word" | "window" | "input" | "padding" | "pad" | "limit", string>>,
): string => brief(windowDoesNotFit(numbers), doesNotFitBriefly(numbers));

/** `3x3`, `3x3 dilated by 2`. */
type KernelText<K, D> = D extends 1
  ? ShapeText<[First<K>, Second<K>]>
  : `${ShapeText<[First<K>, Second<K>]>} dilated by ${OptionText<D>}`;
const kernelText = (kernel: PairOption, dilation: PairOption): string =>
  dilation === 1 ? shapeText(pairOf(kernel)) : `${shapeText(pairOf(kernel))} dilated by ${optionText(dilation)}`;

type IsKnown<I> = I extends number ? (number extends I ? false : true) : false;
/** The padding on both sides with which a window fits; 0 for an axis that is unknown. */
export type NeededPad<I, Reach> =
  IsKnown<I> extends true ? ([Sub<Reach, I>] extends [never] ? 0 : CeilDiv<Sub<Reach, I>, 2>) : 0;
export const neededPad = (input: Dim, reach: number): number =>
  input === null ? 0 : Math.max(0, Math.ceil((reach - input) / 2));
/** One number where the axes need the same padding, else one for each. */
export type NeededText<Pads> = Pads extends readonly [infer First, ...infer Others]
  ? Others extends readonly First[]
    ? OptionText<First>
    : OptionText<Pads>
  : never;
export const neededText = (pads: readonly number[]): string =>
  optionText(pads.every((pad) => pad === pads[0]) ? pads[0] : pads);
/** The largest window that fits; for an axis that is unknown the window itself. */
export type LargestKernel<I, K, D> = IsKnown<I> extends true ? Add<Div<Sub<I, 1>, D>, 1> : K;
export const largestKernel = (padded: Dim, kernel: number, dilation: number): number =>
  padded === null ? kernel : Math.floor((padded - 1) / dilation) + 1;

/**
 * [h', w', channels], or the sentence; all sizes are known to be sizes. Word is what the window is called; Strict
 * is true where no cell of the input may be left out.
 */
export type WindowShape<Layer extends string, Word extends string, H, W, C, K, S, P, D, Strict = false> = [
  Slide<H, First<K>, First<S>, First<P>, First<D>>,
  Slide<W, Second<K>, Second<S>, Second<P>, Second<D>>,
] extends [infer H2, infer W2]
  ? [H2] extends [never]
    ? WindowSentence<Layer, Word, H, W, K, P, D>
    : [W2] extends [never]
      ? WindowSentence<Layer, Word, H, W, K, P, D>
      : Strict extends true
        ? StrictProblem<Layer, Word, KernelText<K, D>, [H, W], K, S, P, D> extends infer M extends string
          ? ShapeError<M>
          : [H2, W2, C]
        : [H2, W2, C]
  : never;
type WindowSentence<Layer extends string, Word extends string, H, W, K, P, D> =
  WindowMisfit<
    Layer,
    Word,
    KernelText<K, D>,
    ShapeText<[H, W]>,
    OptionText<P>,
    NeededText<[NeededPad<H, Extent<First<K>, First<D>>>, NeededPad<W, Extent<Second<K>, Second<D>>>]>,
    ShapeText<
      [
        LargestKernel<Padded<H, First<P>>, First<K>, First<D>>,
        LargestKernel<Padded<W, Second<P>>, Second<K>, Second<D>>,
      ]
    >
  > extends infer M extends string
    ? ShapeError<M>
    : never;

/** Run-time twin of {@link WindowShape}. */
export const windowShape = (
  layer: string,
  word: "kernel" | "pool",
  [h, w, channels]: readonly [Dim, Dim, Dim],
  { kernel, strides, padding, dilation, strict = false }: Window,
): Either<string, Shape> => {
  const kernels = pairOf(kernel);
  const steps = pairOf(strides);
  const dilations = pairOf(dilation);
  const reach = [extent(kernels[0], dilations[0]), extent(kernels[1], dilations[1])] as const;
  const sides = padding === "same" ? ([padding, padding] as const) : sidesOf(padding);
  const unlessStrict = (shape: Shape): Either<string, Shape> => {
    if (!strict) return E.right(shape);
    const axis = (size: Dim, i: 0 | 1): WindowAxis => ({
      size,
      kernel: kernels[i],
      reach: reach[i],
      stride: steps[i],
      dilation: dilations[i],
      sides: sides[i],
    });
    const window = kernelText(kernel, dilation);
    const problem = strictProblem({ layer, word, window, strides }, [axis(h, 0), axis(w, 1)]);
    return problem === undefined ? E.right(shape) : E.left(problem);
  };
  if (padding === "same") return unlessStrict([ceilDiv(h, steps[0]), ceilDiv(w, steps[1]), channels]);
  const [rows, columns] = sidesOf(padding);
  const padded = [padAxis(h, rows), padAxis(w, columns)] as const;
  const h2 = slide(padded[0], reach[0], steps[0]);
  const w2 = slide(padded[1], reach[1], steps[1]);
  if (h2 !== undefined && w2 !== undefined) return unlessStrict([h2, w2, channels]);
  return E.left(
    windowMisfit({
      layer,
      word,
      window: kernelText(kernel, dilation),
      input: shapeText([h, w]),
      padding: optionText(padding),
      pad: neededText([neededPad(h, reach[0]), neededPad(w, reach[1])]),
      limit: shapeText([
        largestKernel(padded[0], kernels[0], dilations[0]),
        largestKernel(padded[1], kernels[1], dilations[1]),
      ]),
    }),
  );
};

export const ceilDiv = (dim: Dim, stride: number): Dim => (dim === null ? null : Math.ceil(dim / stride));

/**
 * The cells to add as [[top, bottom], [left, right]]. "same" as TensorFlow: as many as make h' = ceil(h / stride),
 * the odd one after.
 */
export const padsOf = (
  input: readonly [number, number],
  { kernel, strides, padding, dilation }: Window,
): readonly [Sides, Sides] => {
  if (padding !== "same") return sidesOf(padding);
  const side = (axis: 0 | 1): Sides => {
    const stride = pairOf(strides)[axis];
    const covered =
      (Math.ceil(input[axis] / stride) - 1) * stride + extent(pairOf(kernel)[axis], pairOf(dilation)[axis]);
    const total = Math.max(covered - input[axis], 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  return [side(0), side(1)];
};
