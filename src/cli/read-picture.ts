/** A picture of a file as one example; decoders are loaded when there is one. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { imageHeader } from "../data/image/header.js";
import type { Pixels } from "../data/image/resize.js";
import { f32, type NdArray } from "../data/nd-array.js";

/** More are not decoded, which the header says before memory is taken: as `imagesFromFolder`. */
const maxPixels = 64_000_000;

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const decode = async (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, Pixels>> => {
  if (isJpeg(bytes)) return (await import("../data/node/decode-jpeg.js")).jpegDecoder()(bytes, where);
  return (await import("../data/node/decode-png.js")).decodePng(bytes, where);
};

/** Without opacity. */
const floatsOf = ({ width, height, channels, data }: Pixels): NdArray<"f32"> => {
  const kept = channels === 2 || channels === 4 ? channels - 1 : channels;
  const numbers = new Float32Array(width * height * kept);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (data[Math.floor(i / kept) * channels + (i % kept)] ?? 0) / 255;
  return f32([1, height, width, kept], numbers);
};

/**
 * The picture as [1, height, width, channels] from 0 to 1, without its opacity, as `imagesFromFolder` decodes it. Its first
 * bytes say what it is: names are often wrong.
 */
export const readPicture = async (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, NdArray<"f32">>> => {
  if (!isJpeg(bytes) && bytes[0] !== 0x89)
    return fail("BadFile", where, "picture: it is neither JPEG nor PNG: give a picture, or its numbers as .npy");
  const header = imageHeader(bytes, where);
  if (E.isLeft(header)) return header;
  const { width, height } = header.right;
  if (width * height > maxPixels)
    return fail(
      "BadData",
      where,
      `picture: ${width}x${height} are more than ${maxPixels / 1e6} megapixels: make it smaller`,
    );
  return E.map(floatsOf)(await decode(bytes, where));
};
