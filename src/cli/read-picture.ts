/** A picture of a file as one example; decoders are loaded when there is one. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { imageHeader } from "../data/image/header.js";
import { f32, type NdArray } from "../data/nd-array.js";

/** More are not decoded, which the header says before memory is taken: as `imagesFromFolder`. */
const maxPixels = 64_000_000;

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const readPng = async (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, NdArray<"f32">>> => {
  const { decode } = await import("fast-png");
  const decoded = E.tryCatch(() => decode(bytes), String);
  if (E.isLeft(decoded))
    return fail("BadFile", where, `png: ${decoded.left.replace(/^Error: /, "").slice(0, 100)}: save the picture again`);
  const { width, height, channels, depth, data, palette } = decoded.right;
  if (palette !== undefined || depth < 8)
    return fail("Unsupported", where, "png: a palette or fewer than 8 bits a channel: save it as grey or RGB");
  const kept = channels === 2 || channels === 4 ? channels - 1 : channels;
  const pixels = new Float32Array(width * height * kept);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = (data[Math.floor(i / kept) * channels + (i % kept)] ?? 0) / (2 ** depth - 1);
  return E.right(f32([1, height, width, kept], pixels));
};

const readJpeg = async (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, NdArray<"f32">>> => {
  if (!isJpeg(bytes))
    return fail("BadFile", where, "picture: it is neither JPEG nor PNG: give a picture, or its numbers as .npy");
  const header = imageHeader(bytes, where);
  if (E.isLeft(header)) return header;
  if (header.right.width * header.right.height > maxPixels)
    return fail(
      "BadData",
      where,
      `jpeg: ${header.right.width}x${header.right.height} are more than ${maxPixels / 1e6} megapixels: make it smaller`,
    );
  const { jpegDecoder } = await import("../data/node/decode-jpeg.js");
  const decoded = await jpegDecoder()(bytes, where);
  if (E.isLeft(decoded)) return decoded;
  const { width, height, channels, data } = decoded.right;
  return E.right(
    f32(
      [1, height, width, channels],
      Float32Array.from(data, (value) => value / 255),
    ),
  );
};

/**
 * The picture as [1, height, width, channels] from 0 to 1, without its transparency. Its first bytes say what it is: names are
 * often wrong.
 */
export const readPicture = (bytes: Uint8Array, where: string): Promise<Either<SvertkaError, NdArray<"f32">>> =>
  isJpeg(bytes) || (/\.jpe?g$/i.test(where) && bytes[0] !== 0x89) ? readJpeg(bytes, where) : readPng(bytes, where);
