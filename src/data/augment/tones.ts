/**
 * Changes of pictures by their tones alone, which RandAugment takes its choice from beside those that are maps of their own.
 *
 * Source  Keras 3's RandomColorDegeneration, RandomPosterization, Solarization, AutoContrast, Equalization. Bytes are counted in
 *         float32, as there, so that the same values fall on the same side of a step.
 */
import type { ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import type { Picture, PictureChange } from "./picture-map.js";

const bytesOf = ({ data }: Picture, [least, greatest]: ValueRange): Float32Array =>
  data.map((value) => Math.fround(Math.fround((value - least) / (greatest - least)) * 255));

const fromBytes = (picture: Picture, bytes: Float32Array, [least, greatest]: ValueRange): Picture =>
  withData(
    picture,
    bytes.map((value) => (value / 255) * (greatest - least) + least),
  );

/** Towards grey: 0 leaves the colours, `greatest` is drawn at most. Pictures of other than 3 channels stay. */
export const degeneration = (strongest: number, [least, greatest]: ValueRange): PictureChange => ({
  draws: 1,
  apply: (picture, [draw = 0]) => {
    const { data, channels } = picture;
    if (channels !== 3) return picture;
    const part = strongest * draw;
    const out = new Float32Array(data.length);
    for (let at = 0; at < out.length; at += 3) {
      const grey = 0.2989 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
      for (let i = at; i < at + 3; i++) {
        const value = data[i] ?? 0;
        out[i] = clip(value + part * (grey - value), least, greatest);
      }
    }
    return withData(picture, out);
  },
});

/** Keeps from 1 to `mostBits` − 1 of the 8 bits of each value; one where `mostBits` is 1. */
export const posterization = (mostBits: number, range: ValueRange): PictureChange => ({
  draws: 1,
  apply: (picture, [draw = 0]) => {
    const dropped = 8 - (1 + Math.floor(draw * (mostBits - 1)));
    const bytes = bytesOf(picture, range).map((value) => (Math.trunc(value) >> dropped) << dropped);
    return fromBytes(picture, bytes, range);
  },
});

/** Adds a number, then inverts what is not below a threshold; both are at most `strongest` of the range. */
export const solarization = (strongest: number, range: ValueRange): PictureChange => ({
  draws: 2,
  apply: (picture, [addition = 0, threshold = 0]) => {
    const bytes = bytesOf(picture, range).map((value) => {
      const sum = clip(value + 255 * strongest * addition, 0, 255);
      return sum < 255 * strongest * threshold ? sum : 255 - sum;
    });
    return fromBytes(picture, bytes, range);
  },
});

/** Each channel through a function of its own, made from all of its values; undefined leaves it. */
const byChannel = (
  { data, channels }: Picture,
  make: (values: Float32Array) => ((value: number) => number) | undefined,
): Float32Array => {
  const out = data.slice();
  const values = new Float32Array(data.length / channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < values.length; i++) values[i] = data[i * channels + channel] ?? 0;
    const change = make(values);
    if (change !== undefined)
      for (let i = 0; i < values.length; i++) out[i * channels + channel] = change(values[i] ?? 0);
  }
  return out;
};

/** Each channel stretched from black to white. */
export const autoContrast = (range: ValueRange): PictureChange => ({
  draws: 0,
  apply: (picture) => {
    const bytes = withData(picture, bytesOf(picture, range));
    const stretched = byChannel(bytes, (values) => {
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      return high > low ? (value) => clip(((value - low) * 255) / (high - low), 0, 255) : undefined;
    });
    return fromBytes(picture, stretched, range);
  },
});

/** Halves to the even number, as NumPy and TensorFlow round. */
const roundedToEven = (value: number): number => {
  const below = Math.floor(value);
  const part = value - below;
  return part > 0.5 || (part === 0.5 && below % 2 === 1) ? below + 1 : below;
};

/** Each channel through the distribution of its own values, so that all 256 tones come about as often. */
export const equalization = (range: ValueRange): PictureChange => ({
  draws: 0,
  apply: (picture) => {
    const bytes = withData(picture, bytesOf(picture, range));
    const equalized = byChannel(bytes, (values) => {
      const histogram = new Uint32Array(256);
      const toneOf = (value: number): number => clip(Math.trunc(value), 0, 255);
      for (const value of values) histogram[toneOf(value)] = (histogram[toneOf(value)] ?? 0) + 1;
      const tones = toneTable(histogram, values.length);
      return tones === undefined ? undefined : (value) => tones[toneOf(value)] ?? 0;
    });
    return fromBytes(picture, equalized, range);
  },
});

/** Which tone each becomes; undefined where there is only one. */
const toneTable = (histogram: Uint32Array, total: number): Float64Array | undefined => {
  const first = histogram.find((count) => count > 0) ?? 0;
  if (first === total) return undefined;
  const table = new Float64Array(256);
  let sum = 0;
  for (let tone = 0; tone < 256; tone++) {
    sum += histogram[tone] ?? 0;
    table[tone] = clip(roundedToEven(((sum - first) * 255) / (total - first)), 0, 255);
  }
  return table;
};
