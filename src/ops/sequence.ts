/** Sequences as images of one row: convolutions over one axis are those over two. */
import type { Emit, Value } from "../compiler/ir/graph.js";
import { invariant } from "../errors.js";
import type { Either } from "../fp.js";
import { axesWindowShape, oneAxis, padsOfAxes, type AxesWindow } from "../shape/axes-window.js";
import { isNumberOption, isPadding1dOption, type Padding1dOption } from "../shape/axis-options.js";
import type { Shape } from "../shape/shape.js";
import type { Sequence } from "../shape/spatial.js";
import { optionText } from "../shape/text.js";
import type { Slide } from "./conv-window.js";

/** Steps and channels of a value [n, steps, channels]; shapes are known to fit when a layer is built. */
export const sequenceAxes = ({ type: { shape } }: Value): { readonly steps: number; readonly channels: number } => {
  const [, steps, channels] = shape;
  invariant(
    shape.length === 3 && typeof steps === "number" && typeof channels === "number",
    `a sequence [n, steps, channels] is needed, got [${shape.join(", ")}]`,
  );
  return { steps, channels };
};

/** [n, steps, channels] -> [n, 1, steps, channels]; the row is the width, along which kernels run fastest. */
export const asRow = (emit: Emit, x: Value): Value => {
  const [n = "n", ...others] = x.type.shape;
  return emit("reshape", [x], { shape: [n, 1, ...others] });
};

/** A kernel [k, …] as one of height 1. */
export const asRowKernel = (emit: Emit, kernel: Value): Value =>
  emit("reshape", [kernel], { shape: [1, ...kernel.type.shape] });

/** [n, 1, steps, channels] -> [n, steps, channels]. */
export const fromRow = (emit: Emit, row: Value): Value => {
  const [n = "n", , ...others] = row.type.shape;
  return emit("reshape", [row], { shape: [n, ...others] });
};

/** The options of a window along a sequence, as users write them. */
interface SequenceWindow {
  readonly kernelSize: number;
  readonly strides?: number | undefined;
  readonly padding?: Padding1dOption | undefined;
  readonly dilationRate?: number | undefined;
}

/** The options with their defaults. */
export const withDefaults = ({
  kernelSize,
  strides = 1,
  padding = "valid",
  dilationRate = 1,
}: SequenceWindow): { readonly [Name in keyof SequenceWindow]-?: NonNullable<SequenceWindow[Name]> } => ({
  kernelSize,
  strides,
  padding,
  dilationRate,
});

const windowOf = (options: SequenceWindow): AxesWindow => {
  const { kernelSize: kernel, strides, padding, dilationRate: dilation } = withDefaults(options);
  return { kernel, strides, padding: oneAxis(padding), dilation };
};

/** The forms in which the options may come. */
export const sequenceForms = { isSizes: isNumberOption, isPadding: isPadding1dOption };

/** [steps', channels], or the sentence. */
export const slidSequence = (
  layer: string,
  [steps, channels]: Sequence,
  options: SequenceWindow,
  strict: boolean,
): Either<string, Shape> => {
  const paddingText = optionText(options.padding ?? "valid");
  return axesWindowShape(layer, { axes: [steps], channels, window: windowOf(options), paddingText, strict });
};

/** The attributes of the window along a row of that many steps. */
export const rowSlide = (steps: number, options: SequenceWindow): Slide => {
  const [pads = [0, 0]] = padsOfAxes([steps], windowOf(options));
  return { strides: [1, options.strides ?? 1], pads: [[0, 0], pads], dilations: [1, options.dilationRate ?? 1] };
};
