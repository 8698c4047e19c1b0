/** JPEG by libjpeg-turbo, compiled to WebAssembly. */
// oxlint-disable-next-line typescript/triple-slash-reference -- a package without types, whose declaration must come along
/// <reference path="./jpeg-codec.d.ts" />
import loadCodec, { type JpegCodec } from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Pixels } from "../image/resize.js";

/** Above so many pixels the codec is loaded anew: its memory grows and never shrinks. */
const large = 4_000_000;

/** What decodes JPEG: it keeps its codec from one picture to the next. */
export const jpegDecoder = (): ((bytes: Uint8Array, where: string) => Promise<Either<SvertkaError, Pixels>>) => {
  let loaded: Promise<JpegCodec> | undefined;
  return async (bytes, where) => {
    loaded ??= loadCodec({ printErr: () => undefined });
    const codec = await loaded;
    try {
      const decoder = new codec.JPEGDecoder();
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
      const { width, height, componentCount: channels } = decoder.getFrameInfo();
      const data = decoder.getDecodedBuffer().slice();
      decoder.delete();
      if (width * height > large) loaded = undefined;
      return E.right({ width, height, channels, data });
    } catch {
      // What it throws are addresses of C++ exceptions; it may have left memory behind.
      loaded = undefined;
      return fail(
        "BadFile",
        where,
        "picture: the JPEG is cut short, damaged, or neither grey nor RGB: copy the file again, convert it, or remove it",
      );
    }
  };
};
