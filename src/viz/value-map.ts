/** Numbers on a plane as a picture, by a colour map. */
import type { SvertkaError } from "../errors.js";
import type { Either } from "../fp.js";
import { u8 } from "../data/nd-array.js";
import type { ColourMap } from "./colour-map.js";
import { toPicture, type Picture } from "./picture.js";

/** From the value that takes the map's first colour to the one that takes its last. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range of the finite values; 0 to 1 where there is none. */
export const rangeOf = (arrays: Iterable<Iterable<number>>): Range => {
  let low = Infinity;
  let high = -Infinity;
  for (const values of arrays)
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : { low: 0, high: 1 };
};

/** Where a value stands in a range, from 0 to 1; 0 where all values are one, and for NaN. */
export const shareIn = (value: number, { low, high }: Range): number =>
  high > low && !Number.isNaN(value) ? (value - low) / (high - low) : 0;

export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly at: (row: number, column: number) => number;
}

/** A pixel a number. */
export const valueMap = (
  { height, width, at }: Plane,
  range: Range,
  colours: ColourMap,
): Either<SvertkaError, Picture> => {
  const bytes = new Uint8Array(height * width * 3);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      bytes.set(colours(shareIn(at(row, column), range)), 3 * (row * width + column));
  return toPicture(u8([height, width, 3], bytes));
};

/** One channel of `[h, w, c]`. */
export const channelPlane = (shape: readonly number[], data: ArrayLike<number>, channel: number): Plane => {
  const [height = 0, width = 0, channels = 1] = shape;
  return { height, width, at: (row, column) => data[(row * width + column) * channels + channel] ?? 0 };
};
