/** How the convolution family takes in what is done to its input: more padding, and a scale and shift of each channel. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { Dims } from "../compiler/ir/type.js";
import { extentOf, type ConvolutionSlide, type Pads, type Slide } from "./conv-window.js";
import type { InputChange, PadRequest } from "./operator.js";

/** Padding of height and width with more of it, given for [n, h, w, c]; undefined when another axis is padded. */
export const widerPads = (own: Pads, more: PadRequest<unknown>["pads"]): Pads | undefined => {
  const [batch, rows, columns, channels] = more;
  const others = [batch, channels].flat();
  if (more.length !== 4 || rows === undefined || columns === undefined || others.some((cells) => cells !== 0))
    return undefined;
  const wider = ([before, after]: Pads[0], [b, a]: Pads[0]): Pads[0] => [before + b, after + a];
  return [wider(own[0], rows), wider(own[1], columns)];
};

/** The attributes of a convolution with more cells of zeros around its input. */
export const paddedSlide = <A extends Slide>({ pads, attrs }: PadRequest<A>): A | undefined => {
  const wider = widerPads(attrs.pads, pads);
  return wider === undefined ? undefined : { ...attrs, pads: wider };
};

const isPadded = ({ pads }: Slide): boolean => pads.flat().some((cells) => cells > 0);

/** A kernel in the place of another: what an operator's `absorbInput` gives. */
type Absorbed = { readonly kernel: Value; readonly bias: Value | undefined };

interface Convolution<A> extends InputChange<A> {
  readonly op: string;
  /** The scales in the shape under which they multiply the kernel. */
  readonly scaleOf: (scale: Value) => Value;
}

/** conv(x s + t, k) = conv(x, k s) + conv(t, k): the second is the same number in every cell where nothing is padded. */
export const absorbIntoKernel = <A extends Slide>(change: Convolution<A>): Absorbed | undefined => {
  const { op, inputs, scale, shift, attrs, scaleOf, emit } = change;
  const [, kernel] = inputs;
  if (kernel === undefined || (shift !== undefined && isPadded(attrs))) return undefined;
  const scaled = scale === undefined ? kernel : emit("multiply", [kernel, scaleOf(scale)]);
  if (shift === undefined) return { kernel: scaled, bias: undefined };
  const [kh = 1, kw = 1] = kernel.type.shape.map(Number);
  const channels = shift.type.shape[0] ?? 1;
  const window = [1, extentOf(kh, attrs.dilations[0]), extentOf(kw, attrs.dilations[1]), channels];
  const image = emit("broadcastTo", [emit("reshape", [shift], { shape: [1, 1, 1, channels] })], { shape: window });
  // One cell, by a sum over its axes of 1: kernels do not take a view of another rank as a bias.
  const cell = emit(op, [image, kernel], { ...attrs, strides: [1, 1] });
  return { kernel: scaled, bias: emit("reduceSum", [cell], { axes: [0, 1, 2], keepDims: false }) };
};

/** One number per input channel, as it multiplies a kernel [kh, kw, c / groups, filters]: filters lie group by group. */
export const scaleOfGroups = (scale: Value, kernel: Dims, { groups }: ConvolutionSlide, emit: Emit): Value => {
  const [, , inner = 1, filters = 1] = kernel.map(Number);
  if (groups === 1) return emit("reshape", [scale], { shape: [inner, 1] });
  const byGroup = emit("reshape", [scale], { shape: [groups, inner] });
  const turned = emit("transpose", [byGroup], { permutation: [1, 0] });
  const columns = emit("reshape", [turned], { shape: [inner, groups, 1] });
  const spread = emit("broadcastTo", [columns], { shape: [inner, groups, filters / groups] });
  return emit("reshape", [spread], { shape: [inner, filters] });
};
