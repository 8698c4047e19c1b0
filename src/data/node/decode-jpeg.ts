/** JPEG by libjpeg-turbo, compiled to WebAssembly. */
import loadCodec, { type JpegCodec } from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Pixels } from "../image/resize.js";

/** Above so many pixels the codec is loaded anew: its memory grows and never shrinks. */
const large = 4_000_000;

interface Loaded {
  readonly codec: JpegCodec;
  /** What the codec has complained of since it was last looked at. */
  readonly complaints: string[];
}

const load = async (): Promise<Loaded> => {
  const complaints: string[] = [];
  return { codec: await loadCodec({ printErr: (line) => void complaints.push(line) }), complaints };
};

/** What decodes JPEG: it keeps its codec from one picture to the next. */
export const jpegDecoder = (): ((bytes: Uint8Array, where: string) => Promise<Either<SvertkaError, Pixels>>) => {
  let loaded: Promise<Loaded> | undefined;
  return async (bytes, where) => {
    loaded ??= load();
    const { codec, complaints } = await loaded;
    complaints.length = 0;
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
      // It throws the addresses of C++ exceptions, and may have left memory behind.
      loaded = undefined;
      const said = complaints[0]?.replace(/\s+/g, " ").slice(0, 80) ?? "the file is damaged";
      return fail("BadFile", where, `picture: the JPEG cannot be decoded (${said}): copy the file again, or remove it`);
    }
  };
};
