/**
 * Sampling of pictures at the places to which a projective transformation sends their pixels: plain loops over typed arrays,
 * for the oracle and for data maps.
 *
 * Law     output pixel (x, y) reads the picture at ((a₀x + a₁y + a₂) / k, (b₀x + b₁y + b₂) / k), k = c₀x + c₁y + 1, with the
 *         transformation [a₀, a₁, a₂, b₀, b₁, b₂, c₀, c₁]; where k is 0 it is the fill value.
 * Source  TensorFlow's ImageProjectiveTransformV3 (core/kernels/image/image_ops.h), which Keras's layers use.
 */
import type { FillMode, Sampling } from "../shape/sampling.js";
import { bilinearPixel, nearestPixel, sampleAffine, type Pixels, type WritePixel } from "./sampled-pixels.js";

const clamped = (value: number, length: number): number => (value > 0 ? Math.min(value, length - 1) : 0);

/** dcba|abcd|dcba: the period is twice the length, and the edge comes twice. */
const reflected = (place: number, length: number): number => {
  const period = 2 * length;
  if (place < 0) {
    const near = period * Math.trunc(-place / period) + place;
    return clamped(near < -length ? near + period : -near - 1, length);
  }
  const near = place - period * Math.trunc(place / period);
  return clamped(near >= length ? period - near - 1 : near, length);
};

/** abcd|abcd|abcd, as TensorFlow counts: it divides by length - 1, so that far outside the edge comes more often. */
const wrapped = (place: number, length: number): number => {
  if (length <= 1) return 0;
  const turns = length - 1;
  return place < 0
    ? clamped(place + length * (Math.trunc(-place / turns) + 1), length)
    : clamped(place - length * Math.trunc(place / turns), length);
};

/** Where along an axis of that length a place outside it is read. */
const outside: Readonly<Record<FillMode, (place: number, length: number) => number>> = {
  constant: (place) => place,
  nearest: clamped,
  reflect: reflected,
  wrap: wrapped,
};

/** Fills the output's picture with what the transformation reads from the input's. */
export const samplePicture = (
  input: Pixels,
  output: Pixels,
  matrix: ArrayLike<number>,
  { fillMode, interpolation, fillValue }: Sampling,
): void => {
  const { height, width, channels } = input;
  const numbers = Float64Array.from(matrix);
  const [a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0, c0 = 0, c1 = 0] = numbers;
  const moved = outside[fillMode];
  const write = (interpolation === "nearest" ? nearestPixel : bilinearPixel)(input, output.data, fillValue);
  const place: WritePixel = (across, down, to) =>
    write(
      across < 0 || across > width - 1 ? moved(across, width) : across,
      down < 0 || down > height - 1 ? moved(down, height) : down,
      to,
    );
  if (interpolation === "bilinear" && c0 === 0 && c1 === 0) {
    sampleAffine(input, output, numbers, place);
    return;
  }
  for (let y = 0; y < output.height; y++)
    for (let x = 0; x < output.width; x++) {
      const k = c0 * x + c1 * y + 1;
      const across = k === 0 ? Number.NaN : (a0 * x + a1 * y + a2) / k;
      const down = k === 0 ? Number.NaN : (b0 * x + b1 * y + b2) / k;
      place(across, down, output.at + channels * (y * output.width + x));
    }
};

/** Pictures one after the other in an array, from `at` on. */
export interface PictureRow extends Pixels {
  readonly count: number;
}

/** Each picture of a row through a matrix of its own: eight numbers each, from `matrices.at` on. */
export const samplePictures = (
  input: PictureRow,
  output: PictureRow,
  matrices: Pick<Pixels, "data" | "at">,
  sampling: Sampling,
): void => {
  const stride = ({ height, width, channels }: Pixels): number => height * width * channels;
  for (let i = 0; i < input.count; i++) {
    const first = matrices.at + 8 * i;
    samplePicture(
      { ...input, at: input.at + i * stride(input) },
      { ...output, at: output.at + i * stride(output) },
      matrices.data.subarray(first, first + 8),
      sampling,
    );
  }
};
