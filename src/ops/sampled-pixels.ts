/**
 * Pixels of a picture at places between its own: the nearest, or a mixture of the four about a place.
 *
 * Source  TensorFlow's ImageProjectiveTransformV3 (core/kernels/image/image_ops.h).
 */
/** A picture inside an array: [height, width, channels], row-major from `at` on. */
export interface Pixels {
  readonly data: Float32Array | Float64Array;
  readonly at: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Halves away from 0, as C's round. */
const rounded = (value: number): number => (value < 0 ? -Math.round(-value) : Math.round(value));

/** Writes the pixel at `to` of the output from the place (across, down) of the input, whose fill mode was heeded. */
export type WritePixel = (across: number, down: number, to: number) => void;

export const nearestPixel = (input: Pixels, output: Float32Array | Float64Array, fillValue: number): WritePixel => {
  const { data, at, height, width, channels } = input;
  return (across, down, to) => {
    const column = rounded(across);
    const row = rounded(down);
    // NaN, of a pixel whose k is 0, is in no picture.
    const inside = column >= 0 && column < width && row >= 0 && row < height;
    const from = inside ? at + channels * (row * width + column) : 0;
    for (let channel = 0; channel < channels; channel++)
      output[to + channel] = inside ? (data[from + channel] ?? 0) : fillValue;
  };
};

export const bilinearPixel = (input: Pixels, output: Float32Array | Float64Array, fillValue: number): WritePixel => {
  const { data, at, height, width, channels } = input;
  return (across, down, to) => {
    const left = Math.floor(across);
    const top = Math.floor(down);
    const right = across - left;
    const below = down - top;
    if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
      const first = at + channels * (top * width + left);
      const second = first + channels * width;
      for (let channel = 0; channel < channels; channel++) {
        const a = first + channel;
        const b = second + channel;
        const upper = (1 - right) * (data[a] ?? 0) + right * (data[a + channels] ?? 0);
        const lower = (1 - right) * (data[b] ?? 0) + right * (data[b + channels] ?? 0);
        output[to + channel] = (1 - below) * upper + below * lower;
      }
    } else if (left >= -1 && top >= -1 && left < width && top < height) {
      const hasLeft = left >= 0;
      const hasRight = left + 1 < width;
      const hasTop = top >= 0;
      const hasBottom = top + 1 < height;
      const first = at + channels * (top * width + left);
      for (let channel = 0; channel < channels; channel++) {
        const a = first + channel;
        const b = a + channels * width;
        const topLeft = hasTop && hasLeft ? (data[a] ?? 0) : fillValue;
        const topRight = hasTop && hasRight ? (data[a + channels] ?? 0) : fillValue;
        const bottomLeft = hasBottom && hasLeft ? (data[b] ?? 0) : fillValue;
        const bottomRight = hasBottom && hasRight ? (data[b + channels] ?? 0) : fillValue;
        const upper = (1 - right) * topLeft + right * topRight;
        const lower = (1 - right) * bottomLeft + right * bottomRight;
        output[to + channel] = (1 - below) * upper + below * lower;
      }
    } else for (let channel = 0; channel < channels; channel++) output[to + channel] = fillValue;
  };
};

/**
 * Bilinear sampling by a matrix without perspective: pixels that lie between four of the input's are written here, by the formula of
 * {@link bilinearPixel} without a call or a division for each; the others, at the edges, by `edge`.
 */
export const sampleAffine = (input: Pixels, output: Pixels, matrix: Float64Array, edge: WritePixel): void => {
  const { data, at, height, width, channels } = input;
  const { data: out } = output;
  const [a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0] = matrix;
  const [lastColumn, lastRow, stride] = [width - 1, height - 1, channels * width];
  for (let y = 0; y < output.height; y++) {
    let to = output.at + channels * y * output.width;
    const [rowAcross, rowDown] = [a1 * y, b1 * y];
    for (let x = 0; x < output.width; x++, to += channels) {
      const across = a0 * x + rowAcross + a2;
      const down = b0 * x + rowDown + b2;
      if (!(across >= 0 && down >= 0 && across < lastColumn && down < lastRow)) {
        edge(across, down, to);
        continue;
      }
      // Whole numbers of 32 bits, which index without a check for fractions.
      const left = across | 0;
      const top = down | 0;
      const right = across - left;
      const below = down - top;
      const near = 1 - right;
      const above = 1 - below;
      const i = at + stride * top + channels * left;
      const j = i + stride;
      if (channels === 3) {
        // Colour, the usual case, without a loop.
        const red = near * (data[i] ?? 0) + right * (data[i + 3] ?? 0);
        const green = near * (data[i + 1] ?? 0) + right * (data[i + 4] ?? 0);
        const blue = near * (data[i + 2] ?? 0) + right * (data[i + 5] ?? 0);
        out[to] = above * red + below * (near * (data[j] ?? 0) + right * (data[j + 3] ?? 0));
        out[to + 1] = above * green + below * (near * (data[j + 1] ?? 0) + right * (data[j + 4] ?? 0));
        out[to + 2] = above * blue + below * (near * (data[j + 2] ?? 0) + right * (data[j + 5] ?? 0));
      } else
        for (let channel = 0; channel < channels; channel++) {
          const upper = near * (data[i + channel] ?? 0) + right * (data[i + channel + channels] ?? 0);
          const lower = near * (data[j + channel] ?? 0) + right * (data[j + channel + channels] ?? 0);
          out[to + channel] = above * upper + below * lower;
        }
    }
  }
};
