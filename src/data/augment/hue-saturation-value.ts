/**
 * Loops over the pixels of an RGB picture in hue, saturation and value.
 *
 * Source  TensorFlow's rgb_to_hsv and hsv_to_rgb (core/kernels/image/colorspace_op.h), after Smith 1978, "Color gamut transform pairs".
 */
import { clip, withData } from "./changed-values.js";
import type { Picture } from "./picture-map.js";

/** What is wrong with a picture that has no colours. */
export const needsColours =
  (maker: string) =>
  ({ channels }: Picture): string | undefined =>
    channels === 3
      ? undefined
      : `${maker}: a picture of ${channels} channel${channels === 1 ? "" : "s"} has no hue: give 3 (red, green, blue)`;

/** The picture with each hue (a whole turn is 1) and saturation through a function; the value stays. */
export const changeColours = (
  picture: Picture,
  hueOf: (hue: number) => number,
  saturationOf: (saturation: number) => number,
): Picture => {
  const { data } = picture;
  const out = new Float32Array(data.length);
  for (let at = 0; at < out.length; at += 3) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const value = Math.max(red, green, blue);
    const span = value - Math.min(red, green, blue);
    const saturation = saturationOf(value > 0 ? span / value : 0);
    const turn = hueOf(hue(red, green, blue, span)) * 6;
    out[at] = (1 - saturation + saturation * clip(Math.abs(turn - 3) - 1, 0, 1)) * value;
    out[at + 1] = (1 - saturation + saturation * clip(2 - Math.abs(turn - 2), 0, 1)) * value;
    out[at + 2] = (1 - saturation + saturation * clip(2 - Math.abs(turn - 4), 0, 1)) * value;
  }
  return withData(picture, out);
};

const hue = (red: number, green: number, blue: number, span: number): number => {
  if (!(span > 0)) return 0;
  const value = Math.max(red, green, blue);
  const sixth =
    red === value ? (green - blue) / span : green === value ? (blue - red) / span + 2 : (red - green) / span + 4;
  return sixth < 0 ? sixth / 6 + 1 : sixth / 6;
};
