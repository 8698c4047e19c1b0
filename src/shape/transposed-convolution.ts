/** The shape rule of transposed convolutions over any number of axes: the options in order, then the window. */
import { E, type Either } from "../fp.js";
import { windowOptionProblem, type OptionForms, type WindowOptionProblem } from "./convolution.js";
import type { FirstProblem } from "./first-problem.js";
import { channelsProblem, type ChannelsProblem } from "./image.js";
import type { Shape, ShapeError } from "./shape.js";
import { sizeProblem, type SizeProblem } from "./size.js";
import { optionText, type OptionText } from "./text.js";
import {
  transposeAll,
  transposedProblem,
  type TransposedProblem,
  type TransposedShape,
  type TransposedWindow,
} from "./transposed-window.js";

/** The output's axes and filters, or the sentence; X is the input's shape, Axes and C its parts, P the padding as written, Q as a list. */
export type TransposedConvolutionShape<Layer extends string, X, Axes, C, F, K, St, P, Q, O, D> =
  FirstProblem<
    [
      SizeProblem<Layer, "filters", F>,
      WindowOptionProblem<Layer, K, St, P, D>,
      SizeProblem<Layer, "outputPadding", O, 0>,
    ]
  > extends infer M extends string
    ? ShapeError<M>
    : FirstProblem<[ChannelsProblem<Layer, C, X>, TransposedProblem<Layer, Axes, St, O>]> extends infer M extends string
      ? ShapeError<M>
      : TransposedShape<Layer, Axes, F, K, St, Q, O, D, OptionText<P>>;

interface Request {
  readonly filters: number;
  readonly window: TransposedWindow;
  /** The padding as it was written. */
  readonly padding: unknown;
  readonly forms: OptionForms;
}
/** Run-time twin of {@link TransposedConvolutionShape}. */
export const transposedConvolutionShape = (layer: string, shape: Shape, request: Request): Either<string, Shape> => {
  const { filters, window, padding, forms } = request;
  const { kernel, strides, outputPadding, dilation } = window;
  const axes = shape.slice(0, -1);
  const problem =
    sizeProblem(layer, { name: "filters", value: filters }) ??
    windowOptionProblem(layer, { kernelSize: kernel, strides, padding, dilationRate: dilation }, forms) ??
    (outputPadding === null
      ? undefined
      : sizeProblem(layer, { name: "outputPadding", value: outputPadding, least: 0 }, forms.isSizes)) ??
    channelsProblem(layer, shape) ??
    transposedProblem(layer, axes, window);
  if (problem !== undefined) return E.left(problem);
  return E.map((output: Shape) => [...output, filters])(transposeAll(layer, axes, window, optionText(padding)));
};
