/** PNG by fast-png, as 8-bit pixels. */
import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Pixels } from "../image/resize.js";

export const decodePng = (bytes: Uint8Array, where: string): Either<SvertkaError, Pixels> => {
  try {
    const png = decode(bytes, { checkCrc: true });
    const { width, height } = png;
    const data = toBytes(png);
    const channels = data.length / (width * height);
    return Number.isInteger(channels)
      ? E.right({ width, height, channels, data })
      : fail("BadFile", where, "picture: the PNG holds fewer pixels than its header states: copy the file again");
  } catch (cause) {
    const said = String(cause instanceof Error ? cause.message : cause)
      .replace(/\s+/g, " ")
      .slice(0, 80);
    return fail("BadFile", where, `picture: the PNG cannot be decoded (${said}): copy the file again, or remove it`);
  }
};

const toBytes = (png: DecodedPng): Uint8Array => {
  if (png.palette !== undefined) return Uint8Array.from(convertIndexedToRgb(png));
  if (png.depth < 8) return unpacked(png);
  // The upper byte, as libpng's png_set_strip_16.
  return png.depth === 16 ? Uint8Array.from(png.data, (value) => value >> 8) : Uint8Array.from(png.data);
};

/** Grey in less than a byte a pixel (rows begin at whole bytes), spread over 0 to 255. */
const unpacked = ({ width, height, depth, data }: DecodedPng): Uint8Array => {
  const out = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      out[y * width + x] = Math.round((((byte >> (8 - depth - (bit & 7))) & most) * 255) / most);
    }
  return out;
};
