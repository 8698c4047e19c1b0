/** What ONNX's convolutions and poolings share: attributes of windows over height and width. */
import type { Dim } from "../compiler/ir/type.js";
import { extentOf, type Pads, type Pair } from "./conv-window.js";
import { ints, type OnnxAttributes } from "./onnx.js";

/** ONNX lists what is before all axes, then what is after them. */
export const onnxPads = ([top, side]: Pads): readonly number[] => [top[0], side[0], top[1], side[1]];

interface OnnxWindow {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
  readonly dilations?: Pair;
}

export const windowAttributes = ({ kernel, strides, pads, dilations }: OnnxWindow): OnnxAttributes => ({
  kernel_shape: ints(kernel),
  strides: ints(strides),
  pads: ints(onnxPads(pads)),
  ...(dilations === undefined ? {} : { dilations: ints(dilations) }),
});

interface TransposedWindow extends OnnxWindow {
  readonly dilations: Pair;
  readonly inputSize: Pair;
}

/** How many cells at the end no window of the forward pass read. */
const leftOver = (
  { kernel, strides, pads, dilations, inputSize }: TransposedWindow,
  output: readonly Dim[],
): readonly number[] =>
  ([0, 1] as const).map((axis) => {
    const covered = strides[axis] * (Number(output[axis + 1]) - 1) + extentOf(kernel[axis], dilations[axis]);
    return inputSize[axis] + pads[axis][0] + pads[axis][1] - covered;
  });

/** Of ConvTranspose, from the output gradient [n, h', w', c] back to `inputSize`. */
export const transposedAttributes = (window: TransposedWindow, output: readonly Dim[]): OnnxAttributes => ({
  ...windowAttributes(window),
  output_padding: ints(leftOver(window, output)),
});

/** ONNX wants the cells left over to be fewer than the stride or the dilation. */
export const fitsTransposed = (
  output: readonly Dim[] | undefined,
  kernel: readonly Dim[] | undefined,
  slide: Omit<TransposedWindow, "kernel">,
): boolean => {
  const window = { ...slide, kernel: [Number(kernel?.[0]), Number(kernel?.[1])] } as const;
  return leftOver(window, output ?? []).every(
    (cells, axis) => cells < Math.max(slide.strides[axis] ?? 1, slide.dilations[axis] ?? 1),
  );
};
