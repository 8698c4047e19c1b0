/** What is used of the codec, which brings no types of its own. */
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  /** A picture at a time: bytes in, `decode`, pixels out. Both buffers are views on the codec's memory. */
  interface JpegDecoder {
    readonly getEncodedBuffer: (size: number) => Uint8Array;
    readonly decode: () => void;
    readonly getDecodedBuffer: () => Uint8Array;
    readonly getFrameInfo: () => { readonly width: number; readonly height: number; readonly componentCount: number };
    readonly delete: () => void;
  }
  export interface JpegCodec {
    readonly JPEGDecoder: new () => JpegDecoder;
  }
  export default function load(options: { readonly printErr: (line: string) => void }): Promise<JpegCodec>;
}
