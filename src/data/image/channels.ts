/** A decoded picture with as many channels as are wanted: grey, colour, colour with opacity. */
import type { Pixels } from "./resize.js";

export type ColorMode = "grayscale" | "rgb" | "rgba";

/** How many numbers a pixel has. */
export const channelsOf = { grayscale: 1, rgb: 3, rgba: 4 } as const satisfies Record<ColorMode, number>;

/** ITU-R BT.601 luma, as libjpeg's grey and TensorFlow's PNG reader have it. */
const luma = (red: number, green: number, blue: number): number =>
  Math.round(0.299 * red + 0.587 * green + 0.114 * blue);

/** Grey becomes three equal channels, opacity is left out or full: as tf.io.decode_image does. */
export const withChannels = (pixels: Pixels, mode: ColorMode): Pixels => {
  const wanted = channelsOf[mode];
  const { height, width, channels, data } = pixels;
  if (channels === wanted) return pixels;
  const isGrey = channels < 3;
  const out = new Uint8Array(height * width * wanted);
  for (let i = 0; i < height * width; i++) {
    const at = i * channels;
    const red = data[at] ?? 0;
    const green = isGrey ? red : (data[at + 1] ?? 0);
    const blue = isGrey ? red : (data[at + 2] ?? 0);
    const to = i * wanted;
    if (wanted === 1) out[to] = isGrey ? red : luma(red, green, blue);
    else {
      out[to] = red;
      out[to + 1] = green;
      out[to + 2] = blue;
      if (wanted === 4) out[to + 3] = channels === 2 || channels === 4 ? (data[at + channels - 1] ?? 255) : 255;
    }
  }
  return { height, width, channels: wanted, data: out };
};
