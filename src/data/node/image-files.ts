/** Pictures of files as a data set: read, decoded and resized when they are asked for. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fail, type SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import type { Example, Indexed } from "../dataset.js";
import { channelsOf, withChannels, type ColorMode } from "../image/channels.js";
import { imageHeader } from "../image/header.js";
import type { Interpolation } from "../../shape/sampling.js";
import { resizedPixels, type AspectRatio, type Pixels } from "../image/resize.js";
import { f32, i32, type NdArray } from "../nd-array.js";
import { jpegDecoder } from "./decode-jpeg.js";
import { decodePng } from "./decode-png.js";

/** Plain data: another thread makes the same data set of it. */
export interface ImageFiles {
  readonly files: readonly string[];
  /** Class numbers, one a file. */
  readonly labels: Int32Array | undefined;
  readonly labelMode: "int" | "binary" | "categorical";
  readonly classes: number;
  readonly colorMode: ColorMode;
  /** Height and width; as they are when not given. */
  readonly imageSize: readonly [number, number] | undefined;
  readonly interpolation: Interpolation;
  readonly aspectRatio: AspectRatio;
  /** More pixels than that are not decoded. */
  readonly maxPixels: number;
  /** What becomes of a picture that cannot be read. */
  readonly onError: "error" | "skip";
}

/** Hears of pictures that are left out. */
export type Report = (error: SvertkaError) => void;

const labelOf = ({ labels, labelMode, classes }: ImageFiles, index: number): NdArray | undefined => {
  if (labels === undefined) return undefined;
  const label = labels[index] ?? 0;
  if (labelMode === "binary") return f32([1], Float32Array.of(label));
  if (labelMode === "categorical")
    return f32(
      [classes],
      Float32Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0)),
    );
  const one = { ...i32([], Int32Array.of(label)), classes };
  return one;
};

/** A file's bytes, or undefined where it cannot be opened. */
export type ReadBytes = (path: string) => Promise<Uint8Array | undefined>;

/** For the thread that also trains or serves: it goes on while the disk is waited for. */
export const readWaiting: ReadBytes = (path) => readFile(path).catch(() => undefined);

/** For a thread that has nothing else to do: a file of 7 KB takes 0.01 ms of CPU time, and 0.14 ms by promises. */
export const readAtOnce: ReadBytes = async (path) => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

/** Examples of x f32 [h, w, c] in [0, 1] and y as the label mode says. */
export const imageFiles = (options: ImageFiles, report: Report, readBytes: ReadBytes): Indexed<Example> => {
  const decodeJpeg = jpegDecoder();
  const decode = async (path: string): Promise<Either<SvertkaError, Pixels>> => {
    const bytes = await readBytes(path);
    if (bytes === undefined) return fail("BadFile", path, "picture: the file cannot be opened: check that it is there");
    const header = imageHeader(bytes, path);
    if (E.isLeft(header)) return header;
    const { format, width, height } = header.right;
    if (width * height > options.maxPixels)
      return fail(
        "BadData",
        path,
        `picture: ${width}x${height} are ${megapixels(width * height)} megapixels, ${megapixels(options.maxPixels)} are read at most: make it smaller, or raise maxPixels`,
      );
    return format === "png" ? decodePng(bytes, path) : decodeJpeg(bytes, path);
  };
  const one = async (index: number): Promise<Either<SvertkaError, Example | undefined>> => {
    const decoded = await decode(options.files[index] ?? "");
    if (E.isRight(decoded)) return E.right({ x: pictureOf(decoded.right, options), y: labelOf(options, index) });
    report(decoded.left);
    return options.onError === "skip" ? E.right(undefined) : decoded;
  };
  return {
    kind: "indexed",
    count: options.files.length,
    read: async (indices) => {
      const examples: (Example | undefined)[] = [];
      for (const index of Array.from(indices)) {
        const example = await one(index);
        if (E.isLeft(example)) return example;
        examples.push(example.right);
      }
      return E.right(examples);
    },
  };
};

const megapixels = (pixels: number): string => (pixels / 1e6).toLocaleString("en-GB", { maximumFractionDigits: 1 });

const pictureOf = (
  decoded: Pixels,
  { colorMode, imageSize, interpolation, aspectRatio }: ImageFiles,
): NdArray<"f32"> => {
  const pixels = withChannels(decoded, colorMode);
  const size = imageSize ?? ([pixels.height, pixels.width] as const);
  const data = pipe(pixels, (from) => resizedPixels(from, { size, interpolation, aspectRatio }, 1 / 255));
  return f32([...size, channelsOf[colorMode]], data);
};
