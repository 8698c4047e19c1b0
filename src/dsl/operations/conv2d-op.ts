/** Convolution with weights that the user gives: the low-level form of `conv2d`. */
import { invariant } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { conv2dShape, type Conv2dShape } from "../../ops/conv2d.js";
import { imageAxes } from "../../ops/image-axes.js";
import type { Differ, Div } from "../../shape/nat.js";
import { pairOf, type PaddingOption, type PairOption } from "../../shape/padding.js";
import { isPoisoned, type AsShape, type Shape, type ShapeError } from "../../shape/shape.js";
import { dimText, shapeText, type DimText, type ShapeText } from "../../shape/text.js";
import { padsOf } from "../../shape/window.js";
import type { Expr } from "../expr.js";
import type { Guard, Key } from "../layer.js";
import type { Param } from "../param.js";
import { applyOperation } from "./operand.js";

interface Conv2dOpOptions<St, P, D, G> {
  readonly strides?: St | undefined;
  readonly padding?: P | undefined;
  readonly dilationRate?: D | undefined;
  readonly groups?: G | undefined;
}

const noKernel = <K extends string>(kernel: K) =>
  `conv2d: the weight [${kernel}] is no kernel: give it four axes, [height, width, channels / groups, filters]` as const;
const otherChannels = <K extends string, C extends string, G extends string>(kernel: K, channels: C, groups: G) =>
  `conv2d: the kernel [${kernel}] does not fit ${channels} channels in ${groups} groups: its third axis must be channels / groups` as const;

/** Types: the output's shape, or the sentence; of the layer where the kernel's size or the options are wrong. */
export type Conv2dOpShape<X, K, St, P, D, G> =
  K extends ShapeError<string>
    ? K
    : K extends readonly [infer KH, infer KW, infer C, infer F]
      ? Conv2dShape<X, F, [KH, KW], St, P, D, G> extends infer Y
        ? Y extends ShapeError<string>
          ? Y
          : X extends readonly [unknown, unknown, infer Channels]
            ? Differ<G extends 1 ? Channels : Div<Channels, G>, C> extends true
              ? ShapeError<ReturnType<typeof otherChannels<ShapeText<K>, DimText<Channels>, DimText<G>>>>
              : Y
            : Y
        : never
      : K extends Shape
        ? number extends K["length"]
          ? Conv2dShape<X, number, number, St, P, D, G>
          : ShapeError<ReturnType<typeof noKernel<ShapeText<K>>>>
        : never;

interface Slide {
  readonly strides: PairOption;
  readonly padding: PaddingOption;
  readonly dilationRate: PairOption;
  readonly groups: number;
}

/** Run-time twin of {@link Conv2dOpShape}. */
const conv2dOpShape = (x: Shape, kernel: Shape, slide: Slide): Either<string, Shape> => {
  if (isPoisoned(kernel)) return E.left(kernel.error);
  const [height, width, channels, filters] = kernel;
  if (kernel.length !== 4) return E.left(noKernel(shapeText(kernel)));
  const shape = conv2dShape({ ...slide, filters: Number(filters), kernelSize: [Number(height), Number(width)] }, x);
  const given = x[2] ?? null;
  return E.isRight(shape) && given !== null && given / slide.groups !== channels
    ? E.left(otherChannels(shapeText(kernel), dimText(given), dimText(slide.groups)))
    : shape;
};

/** {@link Conv2dOpShape}, deferred while a shape is generic; see Out. */
interface Conv2dOpOut<in out X, in out K, in out St, in out P, in out D, in out G> {
  out: AsShape<Conv2dOpShape<X, K, St, P, D, G>>;
}

/**
 * 2-D convolution of an image in NHWC with a kernel that is given: a `parameter`, or a `tensor` made by hand.
 *
 * Shape   [h, w, cIn], [kh, kw, cIn / groups, filters] -> [h', w', filters], as conv2d.
 * Params  none of its own.
 * Cost    2 h' w' kh kw (cIn / groups) filters FLOP per example.
 * Errors  those of conv2d; a weight that is no kernel, or one for other channels.
 * Source  TensorFlow's nn.conv2d; TensorFlow.js's conv2d.
 *
 * @example
 * const edges = tensor([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
 * const y = conv2dOp(input([64, 64, 1]), ops.reshape(edges, [3, 3, 1, 1]), { padding: "same" }) // Expr<[64, 64, 1]>
 */
export function conv2dOp<
  X extends Shape,
  K extends Shape,
  const St extends PairOption = 1,
  const P extends PaddingOption = "valid",
  const D extends PairOption = 1,
  G extends number = 1,
>(
  x: Expr<X>,
  kernel: Param<K> & Guard<Conv2dOpOut<X, K, St, P, D, G>[Key<[X, K]>]>,
  options: Conv2dOpOptions<St, P, D, G> = {},
): Expr<Conv2dOpOut<X, K, St, P, D, G>[Key<[X, K]>]> {
  const { strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
  const y = applyOperation(
    {
      name: "conv2dOp",
      options,
      word: "conv2d",
      given: [{ input: 0 }, { input: 1 }, { value: options }],
      rule: ([image = [], weights = []]) => conv2dOpShape(image, weights, { strides, padding, dilationRate, groups }),
      build: ({ emit }, [image, weights]) => {
        invariant(image !== undefined && weights !== undefined, "conv2dOp has an image and a kernel");
        const [height, width] = weights.type.shape;
        const window = { kernel: [Number(height), Number(width)], strides, padding, dilation: dilationRate } as const;
        return emit("conv2d", [image, weights], {
          strides: pairOf(strides),
          pads: padsOf(imageAxes(image).size, window),
          dilations: pairOf(dilationRate),
          groups,
        });
      },
    },
    [x, kernel],
  );
  // Sound: conv2dOpShape is the run-time twin of Conv2dOpShape, and x has a batch axis.
  return y as Expr<Conv2dOpOut<X, K, St, P, D, G>[Key<[X, K]>]>;
}
