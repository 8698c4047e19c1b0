/**
 * CIFAR's binary version: records of label bytes and 3,072 bytes of pixels, a plane of 32x32 for red, green and blue.
 *
 * Source  A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009; its page's "binary version".
 */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Dataset, Image, Label } from "./dataset.js";
import { f32, i32 } from "./nd-array.js";
import { local } from "./pipeline/derive.js";

const side = 32;
const plane = side * side;

/** What differs between the sets. CIFAR-100 has a coarse label (20 classes) before the fine one. */
export interface CifarFormat<C extends number = number> {
  readonly name: string;
  readonly labelBytes: number;
  /** Which of the label bytes is taken. */
  readonly labelAt: number;
  readonly classes: C;
}

export const cifar10Format = { name: "CIFAR-10", labelBytes: 1, labelAt: 0, classes: 10 } as const;
export const cifar100Formats = {
  fine: { name: "CIFAR-100", labelBytes: 2, labelAt: 1, classes: 100 },
  coarse: { name: "CIFAR-100", labelBytes: 2, labelAt: 0, classes: 20 },
} as const;

/** CIFAR-10's ten things, in the order of their numbers. */
export const cifar10ClassNames = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;

/** What is wrong with a file of that many bytes, or with a label in it. */
export const checkCifar = (
  bytes: Uint8Array,
  { name, labelBytes, labelAt, classes }: CifarFormat,
  where: string,
): Either<SvertkaError, Uint8Array> => {
  const record = labelBytes + 3 * plane;
  if (bytes.length === 0 || bytes.length % record !== 0)
    return fail(
      "BadFile",
      where,
      `${name}: ${bytes.length} bytes are no whole number of records of ${record}: the file is cut short, or another one`,
    );
  for (let at = labelAt; at < bytes.length; at += record)
    if ((bytes[at] ?? 0) >= classes)
      return fail(
        "BadFile",
        where,
        `${name}: record ${Math.floor(at / record)} has label ${bytes[at]}, ${classes} classes allow 0 to ${classes - 1}: is this the right file?`,
      );
  return E.right(bytes);
};

/**
 * The records of checked files as a data set; pictures become f32 in [0, 1], height, width, channel, as they are read, so that
 * memory is that of the bytes.
 */
export const cifarDataset = <C extends number>(
  files: readonly Uint8Array[],
  { labelBytes, labelAt, classes }: CifarFormat<C>,
): Dataset<Image<readonly [32, 32, 3]>, Label<C>> => {
  const record = labelBytes + 3 * plane;
  const starts = files.flatMap((bytes) =>
    Array.from({ length: bytes.length / record }, (_, i) => bytes.subarray(i * record, (i + 1) * record)),
  );
  return local("cifar", {
    kind: "indexed",
    count: starts.length,
    read: async (indices) =>
      E.right(
        Array.from(indices, (index) => {
          const bytes = starts[index] ?? new Uint8Array(record);
          const label = i32([] as const, Int32Array.of(bytes[labelAt] ?? 0));
          return { x: f32([side, side, 3] as const, pixelsOf(bytes, labelBytes)), y: { ...label, classes } };
        }),
      ),
  });
};

const pixelsOf = (record: Uint8Array, from: number): Float32Array => {
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < plane; i++) pixels[3 * i + channel] = (record[from + channel * plane + i] ?? 0) / 255;
  return pixels;
};
