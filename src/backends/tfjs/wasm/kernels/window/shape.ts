/** The windows of a pooling, with everything but the batch size known when the code is written. */
import { padsAttribute, pairAttribute, shape4, type KernelCall } from "../kernel.js";

export interface WindowShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Rows above and columns left of the image. */
  readonly before: readonly [number, number];
}

/** The windows that make `output` (NHWC) from an image of the given size. */
export const windowShape = (
  call: KernelCall,
  [height, width]: readonly [number, number],
  output: { readonly shape: readonly number[] },
): WindowShape => {
  const [, outHeight, outWidth, channels] = shape4(output.shape);
  const [[top], [left]] = padsAttribute(call, "pads");
  return {
    height,
    width,
    channels,
    outHeight,
    outWidth,
    poolSize: pairAttribute(call, "poolSize"),
    strides: pairAttribute(call, "strides"),
    before: [top, left],
  };
};

const axes = (
  shape: WindowShape,
): readonly (readonly [size: number, out: number, pool: number, stride: number, before: number])[] => [
  [shape.height, shape.outHeight, shape.poolSize[0], shape.strides[0], shape.before[0]],
  [shape.width, shape.outWidth, shape.poolSize[1], shape.strides[1], shape.before[1]],
];

/** Whether some window leaves the image. */
export const isClipped = (shape: WindowShape): boolean =>
  axes(shape).some(([size, out, pool, stride, before]) => before > 0 || (out - 1) * stride - before + pool > size);

/** Whether a pixel may lie in two windows. */
export const overlaps = (shape: WindowShape): boolean => axes(shape).some(([, , pool, stride]) => stride < pool);

/** Whether each pixel lies in exactly one window, so that no zeros need to be written first. */
export const tiles = (shape: WindowShape): boolean =>
  !isClipped(shape) && axes(shape).every(([size, out, pool, stride]) => pool === stride && out * pool === size);
