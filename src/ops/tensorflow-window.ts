/** Windows as TensorFlow's kernels take them: four strides, and padding by name where it has one. */
import type { Dims } from "../compiler/ir/type.js";
import { forEachWindow, pooledSize, type PoolAttributes } from "./pooling.js";
import { extentOf, type Pads, type Pair, type Slide } from "./conv-window.js";
import type { TensorFlowAttributes, TensorFlowGraph, TensorFlowValue } from "./tensorflow.js";

/** NHWC strides, dilations or window sizes. */
export const inImage = ([height, width]: Pair): readonly number[] => [1, height, width, 1];

const isNone = (pads: Pads): boolean => pads.flat().every((pad) => pad === 0);

/** Whether these pads are TensorFlow's SAME: ceil(size / stride) windows, the odd cell after. */
const isSame = (size: Pair, kernel: Pair, { strides, pads, dilations }: Slide): boolean =>
  ([0, 1] as const).every((axis) => {
    const stride = strides[axis];
    const total = Math.max(
      0,
      (Math.ceil(size[axis] / stride) - 1) * stride + extentOf(kernel[axis], dilations[axis]) - size[axis],
    );
    return pads[axis][0] === Math.floor(total / 2) && pads[axis][1] === Math.ceil(total / 2);
  });

/** "VALID" or "SAME", where the pads of a window of this size over an image of this size are one of them. */
export const namedPadding = (size: Pair, kernel: Pair, slide: Slide): "VALID" | "SAME" | undefined =>
  isNone(slide.pads) ? "VALID" : isSame(size, kernel, slide) ? "SAME" : undefined;

/** The attributes of a convolution or its gradient; explicit pads where they have no name. */
export const convolutionAttributes = (size: Pair, kernel: Pair, slide: Slide): TensorFlowAttributes => {
  const padding = namedPadding(size, kernel, slide);
  return {
    strides: inImage(slide.strides),
    dilations: inImage(slide.dilations),
    data_format: "NHWC",
    padding: padding ?? "EXPLICIT",
    ...(padding === undefined ? { explicit_paddings: [0, 0, ...slide.pads[0], ...slide.pads[1], 0, 0] } : {}),
  };
};

/** An image with a border of one number, for kernels that take no explicit pads. */
export const bordered = (graph: TensorFlowGraph, x: TensorFlowValue, pads: Pads, value: number): TensorFlowValue =>
  isNone(pads)
    ? x
    : graph.node("PadV2", [
        x,
        graph.constant("i32", [0, 0, ...pads[0], ...pads[1], 0, 0], [4, 2]),
        graph.constant("f32", value, []),
      ]);

/** Height and width of an image's or kernel's shape at these axes. */
export const pairAt = (shape: Dims, axis: number): Pair => [Number(shape[axis]), Number(shape[axis + 1])];

/** A kernel [kh, kw, …] with the dilation's gaps as zeros. */
export const tapsApart = (
  graph: TensorFlowGraph,
  kernel: TensorFlowValue,
  shape: Dims,
  dilations: Pair,
): TensorFlowValue =>
  ([0, 1] as const).reduce((taps, axis) => {
    const [gap, rank] = [dilations[axis] - 1, shape.length];
    if (gap === 0 || shape[axis] === 1) return taps;
    const wide = ([0, 1] as const).map((at) =>
      at < axis ? extentOf(Number(shape[at]), dilations[at]) : Number(shape[at]),
    );
    const sizes = [...wide, ...shape.slice(2).map(Number)];
    const size = sizes[axis] ?? 1;
    const cells = graph.node("Reshape", [taps, graph.constant("i32", sizes.toSpliced(axis + 1, 0, 1))]);
    const pads = Array.from({ length: rank + 1 }, (_, at) => (at === axis + 1 ? [0, gap] : [0, 0]));
    const apart = graph.node("PadV2", [
      cells,
      graph.constant("i32", pads.flat(), [rank + 1, 2]),
      graph.constant("f32", 0, []),
    ]);
    const flat = graph.node("Reshape", [apart, graph.constant("i32", sizes.with(axis, size * (gap + 1)))]);
    const begin = sizes.map(() => 0);
    return graph.node(
      "Slice",
      [flat, graph.constant("i32", begin), graph.constant("i32", sizes.with(axis, extentOf(size, gap + 1)))],
      { Index: { type: "i32" } },
    );
  }, kernel);

/** Each so many-th row and column of an image. */
export const everyCell = (graph: TensorFlowGraph, image: TensorFlowValue, strides: Pair): TensorFlowValue => {
  const zeros = graph.constant("i32", [0, 0, 0, 0]);
  // All bits set: the begins and ends are not read, the whole axes are meant.
  const masks = { begin_mask: { int: 15 }, end_mask: { int: 15 }, Index: { type: "i32" } } as const;
  return graph.node("StridedSlice", [image, zeros, zeros, graph.constant("i32", inImage(strides))], masks);
};

interface PoolWindow {
  readonly window: TensorFlowAttributes;
  /** The border that must be put around the image first. */
  readonly around: Pads;
}

export const noPads: Pads = [
  [0, 0],
  [0, 0],
];

/** A pooling's window over an image of this shape; pads without a name become a border. */
export const poolWindow = (image: Dims, { poolSize, strides, pads }: PoolAttributes): PoolWindow => {
  const padding = namedPadding(pairAt(image, 1), poolSize, { strides, pads, dilations: [1, 1] });
  return {
    window: {
      ksize: inImage(poolSize),
      strides: inImage(strides),
      padding: padding ?? "VALID",
      data_format: "NHWC",
    },
    around: padding === undefined ? pads : noPads,
  };
};

/** What a border was put around, without it. */
export const inside = (graph: TensorFlowGraph, x: TensorFlowValue, shape: Dims, around: Pads): TensorFlowValue => {
  if (isNone(around)) return x;
  const [, h, w] = shape;
  const begin = graph.constant("i32", [0, around[0][0], around[1][0], 0]);
  const size = graph.constant("i32", [-1, Number(h), Number(w), -1]);
  return graph.node("Slice", [x, begin, size], { Index: { type: "i32" } });
};

/** Window size over cells inside, for each window: the factor between a mean that counts the border and one that does not. */
export const cellShares = (
  graph: TensorFlowGraph,
  image: Dims,
  attrs: PoolAttributes,
  around: Pads,
): TensorFlowValue | undefined => {
  if (isNone(around)) return undefined;
  const size = pairAt(image, 1);
  const [rows, columns] = pooledSize(size, attrs);
  const shares = Array.from({ length: rows * columns }, () => 1);
  forEachWindow(size, attrs, (output, cells) => {
    shares[output] = (attrs.poolSize[0] * attrs.poolSize[1]) / cells.length;
  });
  return graph.constant("f32", shares, [1, rows, columns, 1]);
};
