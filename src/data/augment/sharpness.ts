/** Sharper and softer pictures. */
import type { ValueRange } from "../../shape/value-range.js";
import { clip, withData } from "./changed-values.js";
import type { Picture, PictureChange } from "./picture-map.js";

/** Each value as a mean of its 3×3 cells, the middle five times; outside the picture it is 0. */
const smoothed = ({ data, height, width, channels }: Picture): Float32Array => {
  const out = new Float32Array(data.length);
  const stride = width * channels;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++) {
        const at = row * stride + column * channels + channel;
        let sum = 4 * (data[at] ?? 0);
        for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++)
          for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++)
            sum += data[y * stride + x * channels + channel] ?? 0;
        out[at] = sum / 13;
      }
  return out;
};

/**
 * From soft (a draw of 0) to twice as far from the softened picture, where `strongest` is 1.
 *
 * Source  Keras 3's RandomSharpness.
 */
export const sharpness = (strongest: number, [least, greatest]: ValueRange): PictureChange => ({
  draws: 1,
  apply: (picture, [draw = 0]) => {
    const { data } = picture;
    const soft = smoothed(picture);
    const part = 1 - 2 * strongest * draw;
    for (let i = 0; i < soft.length; i++) {
      const value = data[i] ?? 0;
      soft[i] = clip(value + part * ((soft[i] ?? 0) - value), least, greatest);
    }
    return withData(picture, soft);
  },
});
