/** What a picture's first bytes say: its format and size, looked at before memory is taken for its pixels. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";

export interface ImageHeader {
  readonly format: "jpeg" | "png";
  readonly width: number;
  readonly height: number;
}

/** Formats that are known by their first bytes and not decoded. */
const others: readonly (readonly [string, readonly number[]])[] = [
  ["GIF", [0x47, 0x49, 0x46, 0x38]],
  ["BMP", [0x42, 0x4d]],
  ["TIFF", [0x49, 0x49, 0x2a, 0]],
  ["TIFF", [0x4d, 0x4d, 0, 0x2a]],
  ["WebP", [0x52, 0x49, 0x46, 0x46]],
];

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const jpeg = [0xff, 0xd8, 0xff];

const beginsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/** Format and size, or why the bytes are no picture that can be read. */
export const imageHeader = (bytes: Uint8Array, where: string): Either<SvertkaError, ImageHeader> => {
  if (bytes.length === 0) return fail("BadFile", where, "picture: the file is empty: remove it or copy it again");
  const size = beginsWith(bytes, png) ? pngSize(bytes) : beginsWith(bytes, jpeg) ? jpegSize(bytes) : "no picture";
  if (size === "no picture") {
    const known = others.find(([, start]) => beginsWith(bytes, start))?.[0];
    return known === undefined
      ? fail("BadFile", where, "picture: it is neither JPEG nor PNG: remove the file, or leave it out by onError")
      : fail("Unsupported", where, `picture: ${known} is not read: convert it to JPEG or PNG`);
  }
  return size === undefined || size.width === 0 || size.height === 0
    ? fail(
        "BadFile",
        where,
        `picture: its header of ${bytes.length} bytes states no size: the file is cut short or damaged`,
      )
    : E.right(size);
};

/** PNG (ISO/IEC 15948) §11.2.2: IHDR comes first, its width and height at bytes 16 and 20. */
const pngSize = (bytes: Uint8Array): ImageHeader | undefined => {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
};

/** JPEG (ITU-T T.81) §B.1 and B.2.2: segments of a marker and a length, until a start of frame with height and width. */
const jpegSize = (bytes: Uint8Array): ImageHeader | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Frames are C0 to CF but for DHT (C4), JPG (C8) and DAC (CC).
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { format: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
};
