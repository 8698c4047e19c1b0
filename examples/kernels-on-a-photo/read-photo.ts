/** A PNG file as red, green and blue from 0 to 1. */
import { readFile } from "node:fs/promises";
import { decode } from "fast-png";
import * as TE from "fp-ts/lib/TaskEither.js";
import { f32, type NdArray, type SvertkaError } from "svertka";

/** A larger one would take more than a gigabyte on the way. */
const mostPixels = 2 ** 22;

const read = async (path: string): Promise<NdArray<"f32", readonly [number, number, 3]>> => {
  const { width, height, data, channels, depth, palette } = decode(await readFile(path));
  if (palette !== undefined || depth !== 8 || width * height > mostPixels)
    throw new Error(`${width}x${height}, depth ${depth}: 8 bits and at most ${mostPixels} pixels without a palette`);
  const of = (pixel: number, channel: number): number =>
    (data[pixel * channels + (channels < 3 ? 0 : channel)] ?? 0) / 255;
  const rgb = Float32Array.from({ length: width * height * 3 }, (_, i) => of(Math.floor(i / 3), i % 3));
  return f32([height, width, 3], rgb);
};

export const readPhoto = (path: string): TE.TaskEither<SvertkaError, NdArray<"f32", readonly [number, number, 3]>> =>
  TE.tryCatch(
    () => read(path),
    (cause): SvertkaError => ({
      tag: "BadFile",
      where: path,
      message: `photo: it cannot be read (${String(cause).slice(0, 110)}): give a PNG file`,
    }),
  );
