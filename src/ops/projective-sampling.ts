/**
 * Sampling of images at the places to which a projective transformation sends their pixels: plain loops over typed arrays,
 * for the oracle, for backends without such a kernel and for data maps.
 *
 * Law     output pixel (x, y) reads the image at ((a₀x + a₁y + a₂) / k, (b₀x + b₁y + b₂) / k), k = c₀x + c₁y + 1, with the
 *         transformation [a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁]; where k is 0 it is the fill value.
 * Source  TensorFlow's ImageProjectiveTransformV3 (core/kernels/image/image_ops.h), which Keras's layers use.
 */

/** What lies outside an image abcd: kkkk|abcd|kkkk, aaaa|abcd|dddd, dcba|abcd|dcba, abcd|abcd|abcd. */
export const fillModes = ["constant", "nearest", "reflect", "wrap"] as const;
export type FillMode = (typeof fillModes)[number];

export const interpolations = ["nearest", "bilinear"] as const;
export type Interpolation = (typeof interpolations)[number];

export interface Sampling {
  readonly fillMode: FillMode;
  readonly interpolation: Interpolation;
  /** What cells outside are in the mode `constant`. */
  readonly fillValue: number;
}

type Numbers = Float32Array | Float64Array | Uint8ClampedArray;

/** One image inside an array: [height, width, channels], row-major from `at` on. */
export interface Plane {
  readonly data: Numbers;
  readonly at: number;
  readonly height: number;
  readonly width: number;
}

/** A pass over the pixels of `output`, each of which reads `input`. */
export interface SamplingPass {
  readonly input: Plane;
  readonly output: Plane;
  readonly channels: number;
  /** The eight numbers of the transformation. */
  readonly matrix: ArrayLike<number>;
  readonly sampling: Sampling;
}

const clamped = (value: number, length: number): number => (value > 0 ? Math.min(value, length - 1) : 0);

/** dcba|abcd|dcba: the period is twice the length, and the edge comes twice. */
const reflected = (place: number, length: number): number => {
  const period = 2 * length;
  if (place < 0) {
    const near = period * Math.trunc(-place / period) + place;
    return clamped(near < -length ? near + period : -near - 1, length);
  }
  if (place <= length - 1) return place;
  const near = place - period * Math.trunc(place / period);
  return clamped(near >= length ? period - near - 1 : near, length);
};

/** abcd|abcd|abcd, as TensorFlow counts: it divides by length - 1, so that far outside the edge comes more often. */
const wrapped = (place: number, length: number): number => {
  if (length <= 1) return 0;
  if (place < 0) return clamped(place + length * (Math.trunc(-place / (length - 1)) + 1), length);
  return place <= length - 1 ? place : clamped(place - length * Math.trunc(place / (length - 1)), length);
};

/** Where along an axis of that length a place is read. */
const placeOf = (mode: FillMode, place: number, length: number): number =>
  mode === "constant"
    ? place
    : mode === "nearest"
      ? clamped(place, length)
      : mode === "reflect"
        ? reflected(place, length)
        : wrapped(place, length);

/** Halves away from 0, as C's round. */
const rounded = (value: number): number => (value < 0 ? -Math.round(-value) : Math.round(value));

/** Which cells of the input the pixels of one row of the output read, and with which weights: one or four of each; outside is -1. */
interface Taps {
  readonly perPixel: number;
  readonly cells: Int32Array;
  readonly weights: Float64Array;
}

/** Makes a function that gives the taps of row `y`; the next call overwrites them. */
const rowTaps = ({ input: { height, width }, output, matrix, sampling }: SamplingPass): ((y: number) => Taps) => {
  const { fillMode, interpolation } = sampling;
  const [a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0, c0 = 0, c1 = 0] = Array.from(matrix);
  const perPixel = interpolation === "nearest" ? 1 : 4;
  const cells = new Int32Array(perPixel * output.width);
  const weights = new Float64Array(cells.length);
  const cell = (row: number, column: number): number =>
    row >= 0 && row < height && column >= 0 && column < width ? row * width + column : -1;
  return (y) => {
    for (let x = 0; x < output.width; x++) {
      const tap = perPixel * x;
      const k = c0 * x + c1 * y + 1;
      const across = k === 0 ? Number.NaN : placeOf(fillMode, (a0 * x + a1 * y + a2) / k, width);
      const down = k === 0 ? Number.NaN : placeOf(fillMode, (b0 * x + b1 * y + b2) / k, height);
      if (perPixel === 1 || k === 0) {
        cells.fill(-1, tap, tap + perPixel);
        weights.fill(0, tap, tap + perPixel);
        cells[tap] = cell(rounded(down), rounded(across)); // NaN is in no image
        weights[tap] = 1;
        continue;
      }
      const [left, top] = [Math.floor(across), Math.floor(down)];
      const [right, below] = [across - left, down - top];
      cells[tap] = cell(top, left);
      cells[tap + 1] = cell(top, left + 1);
      cells[tap + 2] = cell(top + 1, left);
      cells[tap + 3] = cell(top + 1, left + 1);
      weights[tap] = (1 - below) * (1 - right);
      weights[tap + 1] = (1 - below) * right;
      weights[tap + 2] = below * (1 - right);
      weights[tap + 3] = below * right;
    }
    return { perPixel, cells, weights };
  };
};

/** Calls `use` for each number of the output with its place, a cell's place (-1: outside) and the cell's weight. */
export const eachTap = (pass: SamplingPass, use: (place: number, from: number, weight: number) => void): void => {
  const { input, output, channels } = pass;
  const taps = rowTaps(pass);
  for (let y = 0; y < output.height; y++) {
    const { perPixel, cells, weights } = taps(y);
    for (let tap = 0; tap < cells.length; tap++) {
      const weight = weights[tap] ?? 0;
      if (weight === 0) continue;
      const cell = cells[tap] ?? -1;
      const pixel = y * output.width + Math.floor(tap / perPixel);
      const place = output.at + channels * pixel;
      const from = cell < 0 ? -1 : input.at + channels * cell;
      for (let channel = 0; channel < channels; channel++) use(place + channel, cell < 0 ? -1 : from + channel, weight);
    }
  }
};
