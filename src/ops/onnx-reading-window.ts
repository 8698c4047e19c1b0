/** Windows of ONNX's convolutions and poolings: sizes, steps and pads for each axis between channels and the end. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { extentOf } from "./conv-window.js";
import { malformed, refuse, type OnnxMaking, type OnnxReadRequest, type OnnxTensor } from "./onnx-reading.js";
import { reshapedTensor } from "./onnx-reading-reshape.js";

export interface OnnxReadWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** [before, after] for each axis. */
  readonly pads: readonly (readonly [number, number])[];
}

/** The axes that a window moves over: one, two or three. */
export const spatialSizes = ({ shape }: OnnxTensor): readonly number[] => {
  const sizes = shape.slice(2);
  if (sizes.length < 1 || sizes.length > 3)
    refuse(`a tensor of rank ${shape.length}: windows move over one, two or three axes`);
  return sizes.map((size) => (typeof size === "number" ? size : refuse("a window over the batch axis")));
};

/** Sizes that a file gives for each axis; absurd ones would cost time and memory before any rule meets them. */
const perAxis = (
  given: readonly number[] | undefined,
  count: number,
  otherwise: number,
  least: number,
): readonly number[] => {
  const sizes = given ?? Array.from({ length: count }, () => otherwise);
  const isFine =
    sizes.length === count && sizes.every((size) => Number.isInteger(size) && size >= least && size < 2 ** 24);
  return isFine ? sizes : malformed(`a window's sizes ${sizes.join(", ").slice(0, 40)} do not fit ${count} axes`);
};

export const stridesOf = ({ attributes }: OnnxReadRequest, count: number): readonly number[] =>
  perAxis(attributes.ints("strides"), count, 1, 1);
export const dilationsOf = ({ attributes }: OnnxReadRequest, count: number): readonly number[] =>
  perAxis(attributes.ints("dilations"), count, 1, 1);
export const kernelSizes = (given: readonly number[] | undefined, count: number): readonly number[] =>
  given === undefined ? malformed("kernel_shape is missing") : perAxis(given, count, 1, 1);

/** `pads` lists what is before all axes, then what is after them. */
export const explicitPads = ({ attributes }: OnnxReadRequest, count: number): OnnxReadWindow["pads"] => {
  const pads = perAxis(attributes.ints("pads"), 2 * count, 0, 0);
  return Array.from({ length: count }, (_, axis) => [pads[axis] ?? 0, pads[axis + count] ?? 0] as const);
};

/** "SAME": as many windows as steps fit; the odd cell goes behind (UPPER) or before (LOWER). */
const samePads = (
  sizes: readonly number[],
  window: Omit<OnnxReadWindow, "pads">,
  isUpper: boolean,
): OnnxReadWindow["pads"] =>
  sizes.map((size, axis) => {
    const [stride = 1, kernel = 1, dilation = 1] = [window.strides[axis], window.kernel[axis], window.dilations[axis]];
    const count = Math.ceil(size / stride);
    const total = Math.max(0, (count - 1) * stride + extentOf(kernel, dilation) - size);
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return isUpper ? ([less, more] as const) : ([more, less] as const);
  });

export const windowOf = (
  request: OnnxReadRequest,
  sizes: readonly number[],
  kernel: readonly number[],
): OnnxReadWindow => {
  const count = sizes.length;
  const slide = { kernel, strides: stridesOf(request, count), dilations: dilationsOf(request, count) };
  const word = request.attributes.text("auto_pad", "NOTSET");
  switch (word) {
    case "NOTSET":
    case "":
      return { ...slide, pads: explicitPads(request, count) };
    case "VALID":
      return { ...slide, pads: sizes.map(() => [0, 0] as const) };
    case "SAME_UPPER":
    case "SAME_LOWER":
      return { ...slide, pads: samePads(sizes, slide, word === "SAME_UPPER") };
    default:
      return malformed(`auto_pad '${word.slice(0, 20)}' is no word of ONNX`);
  }
};

/** How many windows there are along each axis, and how far the last ones reach beyond the pads where `ceil_mode` rounds up. */
export const windowCounts = (
  sizes: readonly number[],
  { kernel, strides, dilations, pads }: OnnxReadWindow,
  isCeil: boolean,
): readonly { readonly count: number; readonly beyond: number }[] =>
  sizes.map((size, axis) => {
    const [stride = 1, [before, after] = [0, 0]] = [strides[axis], pads[axis]];
    const extent = extentOf(kernel[axis] ?? 1, dilations[axis] ?? 1);
    const steps = (size + before + after - extent) / stride;
    const wanted = (isCeil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window that begins in the pads behind the image is none.
    const count = isCeil && (wanted - 1) * stride >= size + before ? wanted - 1 : wanted;
    return { count, beyond: Math.max(0, (count - 1) * stride + extent - (size + before + after)) };
  });

/** The last two axes, which our operators over images take; of one axis an image of one row, along which kernels run fastest. */
export const lastPair = <A>(list: readonly A[], otherwise: A): readonly [A, A] => [
  list.at(-2) ?? otherwise,
  list.at(-1) ?? otherwise,
];

/** [n, c, size] -> [n, c, 1, size], of tensors and of kernels; others are images already. */
export const asRows = (making: OnnxMaking, tensor: OnnxTensor): OnnxTensor => {
  const [n = 1, c = 1, size = 1] = tensor.shape;
  return tensor.shape.length === 3 ? reshapedTensor(making, tensor, [n, c, 1, size]) : tensor;
};

/** The image of one row back as a tensor of one axis, channels last. */
export const fromRows = (emit: Emit, rows: Value): Value => {
  const [n = 1, , size = 1, c = 1] = rows.type.shape;
  return emit("reshape", [rows], { shape: [n, size, c] });
};
