/** The convolution whose filter gradient is wanted, and the blocks of output positions in which it is computed. */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../../errors.js";
import { padsAttribute, pairAttribute, shape4, type KernelCall } from "../kernel.js";

type Pair = readonly [rows: number, columns: number];

export interface Convolution {
  readonly batch: number;
  /** Of the image without padding. */
  readonly size: Pair;
  readonly channels: number;
  readonly outSize: Pair;
  readonly filters: number;
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: readonly [Pair, Pair];
  readonly groups: number;
}

/** The convolution of a call with inputs x and dy. A matrix product xᵀ · dy (rank 2) is a 1 × 1 convolution. */
export const convolutionOf = (call: KernelCall, x: TensorInfo, dy: TensorInfo): Convolution => {
  const { groups } = call.attributes;
  invariant(typeof groups === "number", "attribute groups is a number");
  const [batch, height, width, channels] = shape4(x.shape);
  const [, outHeight, outWidth, filters] = shape4(dy.shape);
  return asOneRow({
    batch,
    size: [height, width],
    channels,
    outSize: [outHeight, outWidth],
    filters,
    kernelSize: pairAttribute(call, "kernelSize"),
    strides: pairAttribute(call, "strides"),
    dilations: pairAttribute(call, "dilations"),
    pads: padsAttribute(call, "pads"),
    groups,
  });
};

/** A 1 × 1 convolution that reads every pixel is one long row of positions: its blocks need not end with rows or images. */
const asOneRow = (c: Convolution): Convolution => {
  const pointwise =
    [...c.kernelSize, ...c.strides].every((size) => size === 1) && c.pads.flat().every((pad) => pad === 0);
  if (!pointwise) return c;
  const positions = c.batch * c.size[0] * c.size[1];
  return { ...c, batch: 1, size: [1, positions], outSize: [1, positions] };
};

/** The image as the kernel sees it, padding included. */
export const paddedSize = ({ size, pads }: Convolution): Pair => [
  size[0] + pads[0][0] + pads[0][1],
  size[1] + pads[1][0] + pads[1][1],
];

export const isPadded = ({ pads }: Convolution): boolean => pads.flat().some((pad) => pad !== 0);

/** A block of positions: some images whole, or some rows of one, or a part of a row. They lie one after the other in dy. */
export interface Block {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** Positions in a block: enough to hide that sums are loaded and stored, few enough that x and dy stay in the cache. */
const blockPositions = 192;

const pieces = (length: number, size: number): readonly (readonly [start: number, count: number])[] =>
  Array.from({ length: Math.ceil(length / size) }, (_, i) => [i * size, Math.min(size, length - i * size)]);

export const positionsOf = ({ images, rows, columns }: Block): number => images * rows * columns;

export const blocksOf = ({ batch, outSize: [height, width] }: Convolution): readonly Block[] => {
  const columnsAtOnce = width > 2 * blockPositions ? blockPositions : width;
  const rowsAtOnce = Math.min(height, Math.max(1, Math.round(blockPositions / columnsAtOnce)));
  const whole = columnsAtOnce === width && rowsAtOnce === height;
  const imagesAtOnce = whole ? Math.max(1, Math.round(blockPositions / (height * width))) : 1;
  return pieces(batch, imagesAtOnce).flatMap(([image, images]) =>
    pieces(height, rowsAtOnce).flatMap(([row, rows]) =>
      pieces(width, columnsAtOnce).map(([column, columns]) => ({ image, images, row, rows, column, columns })),
    ),
  );
};
