/** Resizing of pictures, as tf.image.resize and Keras do it: half-pixel centres, no antialiasing. */
import { f32, type NdArray } from "../nd-array.js";

export type Interpolation = "nearest" | "bilinear";

/** How the picture's shape is fitted to another: stretched, cut at the longer sides, or filled up with zeros. */
export type AspectRatio = "stretch" | "crop" | "pad";

export interface ResizeOptions {
  /** Height and width. */
  readonly size: readonly [number, number];
  readonly interpolation?: Interpolation | undefined;
  readonly aspectRatio?: AspectRatio | undefined;
}

/** Pixels in rows of `channels` numbers: a decoder's bytes, or floats. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array | Float32Array;
}

/** Where a part of the picture begins, and how large it is; it may reach over the edge, where zeros are. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The picture in another size, in the same values.
 *
 * Shape   [h, w, c] -> f32 [size[0], size[1], c].
 * Source  TensorFlow's ResizeBilinear and ResizeNearestNeighbor with half_pixel_centers; Keras 3's `smart_resize` for crop, its
 *         `ops.image.resize` for pad.
 *
 * @example
 * const small = resizeImage(f32([4, 4, 1] as const, new Float32Array(16)), { size: [2, 2] })
 */
export const resizeImage = (
  image: NdArray<"f32" | "u8">,
  options: ResizeOptions,
): NdArray<"f32", readonly [number, number, number]> => {
  const [height = 1, width = 1, channels = 1] = image.shape;
  const [toHeight, toWidth] = options.size;
  const data = resizedPixels({ height, width, channels, data: image.data }, options);
  return f32([toHeight, toWidth, channels], data);
};

/** As {@link resizeImage}, and times `scale`, in one go. */
export const resizedPixels = (pixels: Pixels, options: ResizeOptions, scale = 1): Float32Array => {
  const { size, interpolation = "bilinear", aspectRatio = "stretch" } = options;
  const window = windows[aspectRatio](pixels, size);
  const rows = interpolation === "nearest" ? nearest : linear;
  const [height, width] = size;
  return sampled(pixels, [rows(window.height, height, window.top), rows(window.width, width, window.left)], scale);
};

/** Truncated to whole pixels, as Keras casts to int32; in float32, as it divides. */
const whole = (value: number): number => Math.trunc(Math.fround(value));

const windows: Readonly<Record<AspectRatio, (from: Pixels, size: readonly [number, number]) => Window>> = {
  stretch: ({ height, width }) => ({ top: 0, left: 0, height, width }),
  crop: ({ height, width }, [toHeight, toWidth]) => {
    const cropHeight = Math.max(1, Math.min(height, whole((width * toHeight) / toWidth)));
    const cropWidth = Math.max(1, Math.min(width, whole((height * toWidth) / toHeight)));
    const [top, left] = [whole((height - cropHeight) / 2), whole((width - cropWidth) / 2)];
    return { top, left, height: cropHeight, width: cropWidth };
  },
  pad: ({ height, width }, [toHeight, toWidth]) => {
    const above = whole((Math.max(height, whole((width * toHeight) / toWidth)) - height) / 2);
    const before = whole((Math.max(width, whole((height * toWidth) / toHeight)) - width) / 2);
    return { top: 0 - above, left: 0 - before, height: height + 2 * above, width: width + 2 * before };
  },
};

/** For each pixel along an axis: two source pixels, and how much the second counts. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly part: Float32Array;
}

const tapsOf = (count: number): Taps => ({
  low: new Int32Array(count),
  high: new Int32Array(count),
  part: new Float32Array(count),
});

const linear = (from: number, to: number, start: number): Taps => {
  const taps = tapsOf(to);
  const scale = Math.fround(from / to);
  for (let i = 0; i < to; i++) {
    const at = Math.fround(Math.fround((i + 0.5) * scale) - 0.5);
    const low = Math.floor(at);
    taps.low[i] = start + Math.max(low, 0);
    taps.high[i] = start + Math.min(low + 1, from - 1);
    taps.part[i] = at - low;
  }
  return taps;
};

const nearest = (from: number, to: number, start: number): Taps => {
  const taps = tapsOf(to);
  const scale = Math.fround(from / to);
  for (let i = 0; i < to; i++) {
    const at = start + Math.min(Math.floor(Math.fround((i + 0.5) * scale)), from - 1);
    taps.low[i] = at;
    taps.high[i] = at;
  }
  return taps;
};

const isWhole = ({ part, low }: Taps): boolean => part.every((value) => value === 0) && low.every((at) => at >= 0);

/** Rows are mixed first, then their columns: a row of the source is read once for each row of the result. */
const sampled = (
  { height, width, channels, data }: Pixels,
  [ys, xs]: readonly [Taps, Taps],
  scale: number,
): Float32Array => {
  const [rows, columns] = [ys.low.length, xs.low.length];
  const out = new Float32Array(rows * columns * channels);
  if (rows === height && columns === width && isWhole(ys) && isWhole(xs)) {
    for (let i = 0; i < out.length; i++) out[i] = (data[i] ?? 0) * scale;
    return out;
  }
  const mixed = new Float32Array(width * channels);
  for (let y = 0; y < rows; y++) {
    const [low, high, part] = [ys.low[y] ?? 0, ys.high[y] ?? 0, ys.part[y] ?? 0];
    mixRows(data, { low, high, part, height }, mixed, scale);
    for (let x = 0; x < columns; x++) {
      const [left, right, across] = [xs.low[x] ?? 0, xs.high[x] ?? 0, xs.part[x] ?? 0];
      const [isLeft, isRight] = [left >= 0 && left < width, right >= 0 && right < width];
      for (let c = 0; c < channels; c++) {
        const a = isLeft ? (mixed[left * channels + c] ?? 0) : 0;
        const b = isRight ? (mixed[right * channels + c] ?? 0) : 0;
        out[(y * columns + x) * channels + c] = a + (b - a) * across;
      }
    }
  }
  return out;
};

interface TwoRows {
  readonly low: number;
  readonly high: number;
  readonly part: number;
  readonly height: number;
}

const mixRows = (
  data: Pixels["data"],
  { low, high, part, height }: TwoRows,
  mixed: Float32Array,
  scale: number,
): void => {
  const size = mixed.length;
  const first = low >= 0 && low < height ? scale : 0;
  const second = high >= 0 && high < height ? scale : 0;
  const [lowAt, highAt] = [first === 0 ? 0 : low * size, second === 0 ? 0 : high * size];
  for (let i = 0; i < size; i++) {
    const a = (data[lowAt + i] ?? 0) * first;
    mixed[i] = a + ((data[highAt + i] ?? 0) * second - a) * part;
  }
};
