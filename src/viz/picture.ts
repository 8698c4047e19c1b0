/** An image array as a PNG that an SVG can hold. */
import { encode } from "fast-png";
import { fail, type SvertkaError } from "../errors.js";
import type { NdArray } from "../data/nd-array.js";
import { E, type Either } from "../fp.js";

/** A PNG as a `data:` URI, with its size in pixels. */
export type Picture = { readonly uri: string; readonly width: number; readonly height: number };

const base64 = (bytes: Uint8Array): string => {
  // In pieces: a call takes only so many arguments.
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};

/** Floats in [0, 1] to bytes, others cut off, NaN to black; bytes are taken as they are. */
const toBytes = (pixels: NdArray): Uint8Array =>
  pixels.dtype === "u8"
    ? pixels.data
    : Uint8Array.from(pixels.data, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));

/** The picture of `[h, w]` or `[h, w, c]` with 1 (grey), 3 (RGB) or 4 (RGBA) channels; f32 in [0, 1], or bytes. */
export const toPicture = (pixels: NdArray): Either<SvertkaError, Picture> => {
  const [height = 0, width = 0, channels = 1] = pixels.shape;
  const rank = pixels.shape.length;
  const shape = `[${pixels.shape.slice(0, 6).join(", ")}]`;
  if ((rank !== 2 && rank !== 3) || ![1, 3, 4].includes(channels))
    return fail("BadData", "", `picture: shape ${shape}, [h, w] or [h, w, 1, 3 or 4] is needed: reshape the image`);
  if (width < 1 || height < 1 || width > 16_384 || height > 16_384)
    return fail(
      "BadData",
      "",
      `picture: shape ${shape}, 1 to 16384 pixels a side can be drawn: crop or scale the image`,
    );
  const png = encode({ width, height, channels, depth: 8, data: toBytes(pixels) });
  return E.right({ uri: `data:image/png;base64,${base64(png)}`, width, height });
};
