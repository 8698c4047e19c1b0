/**
 * What depthwise convolution and its two gradients share. It is a convolution with as many groups as channels: the
 * kernel [kh, kw, c, m] lies in memory as [kh, kw, 1, c · m], since output channel c · m + j belongs to input channel c.
 */
import type { Emit, Value } from "../compiler/ir/graph.js";
import type { ConvolutionSlide, Slide } from "./conv-window.js";
import type { ReferenceTensor } from "./operator.js";

/** The attributes of that convolution in groups. */
export const inGroups = <A extends Slide>(attrs: A, channels: number): A & ConvolutionSlide => ({
  ...attrs,
  groups: channels,
});

/** A kernel [kh, kw, c, m] as that convolution has it; the same numbers. */
export const groupedKernel = <T extends { readonly shape: readonly number[] }>(kernel: T): T => {
  const [kh = 0, kw = 0, channels = 0, multiplier = 0] = kernel.shape;
  return { ...kernel, shape: [kh, kw, 1, channels * multiplier] };
};

/** The kernel of a convolution in as many groups as channels, as depthwise convolution has it; the same numbers. */
export const depthwiseKernel = (kernel: Value, channels: number, emit: Emit): Value => {
  const [kh = 0, kw = 0, , filters] = kernel.type.shape;
  return emit("reshape", [kernel], { shape: [kh, kw, channels, Number(filters) / channels] });
};

/** The channels of a tensor in NHWC. */
export const channelsOf = ({ shape }: ReferenceTensor): number => shape[3] ?? 0;
