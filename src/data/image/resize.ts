/** Resizing of pictures, as tf.image.resize and Keras do it: half-pixel centres, no antialiasing. */
import type { Interpolation } from "../../shape/sampling.js";
import { f32, type NdArray } from "../nd-array.js";

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

/** A part of a picture. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Which part of the picture is taken, and which part of the result it becomes; the rest is 0. */
interface Fit {
  readonly from: Window;
  readonly to: Window;
}

/**
 * The picture in another size, in the same values.
 *
 * Shape   [h, w, c] -> f32 [size[0], size[1], c].
 * Source  TensorFlow's ResizeBilinear and ResizeNearestNeighbor with half_pixel_centers; Keras 3's `smart_resize` for crop, tf.image.resize_with_pad
 *         for pad.
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
  const [height, width] = size;
  const fit = fits[aspectRatio](pixels, size);
  const taps = interpolation === "nearest" ? nearest : linear;
  const out = { height, width, channels: pixels.channels, data: new Float32Array(height * width * pixels.channels) };
  if (isSame(pixels, out, fit)) scaleAll(pixels.data, out.data, scale);
  else
    sample(pixels, out, {
      ys: taps(fit.from.height, fit.to.height, fit.from.top),
      xs: taps(fit.from.width, fit.to.width, fit.from.left),
      to: fit.to,
      scale,
    });
  return out.data;
};

const isSame = (pixels: Pixels, out: Pixels, { from, to }: Fit): boolean =>
  [from, to, out].every(({ height, width }) => height === pixels.height && width === pixels.width);

const scaleAll = (data: Pixels["data"], out: Float32Array, scale: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = (data[i] ?? 0) * scale;
};

const float = Math.fround;
/** Truncated to whole pixels as TensorFlow does, which computes in float32. */
const whole = (value: number): number => Math.trunc(float(value));
const windowOf = (height: number, width: number): Window => ({ top: 0, left: 0, height, width });

const fits: Readonly<Record<AspectRatio, (from: Pixels, size: readonly [number, number]) => Fit>> = {
  stretch: ({ height, width }, [toHeight, toWidth]) => ({
    from: windowOf(height, width),
    to: windowOf(toHeight, toWidth),
  }),
  crop: ({ height, width }, [toHeight, toWidth]) => {
    const cropHeight = Math.max(1, Math.min(height, whole((width * toHeight) / toWidth)));
    const cropWidth = Math.max(1, Math.min(width, whole((height * toWidth) / toHeight)));
    const [top, left] = [whole((height - cropHeight) / 2), whole((width - cropWidth) / 2)];
    return { from: { top, left, height: cropHeight, width: cropWidth }, to: windowOf(toHeight, toWidth) };
  },
  pad: ({ height, width }, [toHeight, toWidth]) => {
    const ratio = Math.max(float(width / toWidth), float(height / toHeight));
    const [resizedHeight, resizedWidth] = [float(height / ratio), float(width / ratio)];
    const margin = (all: number, part: number): number => Math.max(0, Math.floor(float(all - part) / 2));
    const to = {
      top: margin(toHeight, resizedHeight),
      left: margin(toWidth, resizedWidth),
      height: Math.max(1, Math.floor(resizedHeight)),
      width: Math.max(1, Math.floor(resizedWidth)),
    };
    return { from: windowOf(height, width), to };
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
  const scale = float(from / to);
  for (let i = 0; i < to; i++) {
    const at = float(float((i + 0.5) * scale) - 0.5);
    const low = Math.floor(at);
    taps.low[i] = start + Math.max(low, 0);
    taps.high[i] = start + Math.min(low + 1, from - 1);
    taps.part[i] = at - low;
  }
  return taps;
};

const nearest = (from: number, to: number, start: number): Taps => {
  const taps = tapsOf(to);
  const scale = float(from / to);
  for (let i = 0; i < to; i++) {
    const at = start + Math.min(Math.floor(float((i + 0.5) * scale)), from - 1);
    taps.low[i] = at;
    taps.high[i] = at;
  }
  return taps;
};

interface Sampling {
  readonly ys: Taps;
  readonly xs: Taps;
  readonly to: Window;
  readonly scale: number;
}

/** Rows are mixed first, then their columns: a row of the source is read once for each row of the result. */
const sample = (from: Pixels, out: Pixels, { ys, xs, to, scale }: Sampling): void => {
  const { channels } = from;
  const mixed = new Float32Array(from.width * channels);
  for (let y = 0; y < to.height; y++) {
    mixRows(from, [ys.low[y] ?? 0, ys.high[y] ?? 0], { part: ys.part[y] ?? 0, scale, mixed });
    let at = ((to.top + y) * out.width + to.left) * channels;
    for (let x = 0; x < to.width; x++) {
      const [left, right, part] = [(xs.low[x] ?? 0) * channels, (xs.high[x] ?? 0) * channels, xs.part[x] ?? 0];
      for (let c = 0; c < channels; c++) {
        const a = mixed[left + c] ?? 0;
        out.data[at++] = a + ((mixed[right + c] ?? 0) - a) * part;
      }
    }
  }
};

interface Mixing {
  readonly part: number;
  readonly scale: number;
  readonly mixed: Float32Array;
}

const mixRows = ({ data }: Pixels, [low, high]: readonly [number, number], { part, scale, mixed }: Mixing): void => {
  const size = mixed.length;
  const [lowAt, highAt] = [low * size, high * size];
  for (let i = 0; i < size; i++) {
    const a = data[lowAt + i] ?? 0;
    mixed[i] = (a + ((data[highAt + i] ?? 0) - a) * part) * scale;
  }
};
