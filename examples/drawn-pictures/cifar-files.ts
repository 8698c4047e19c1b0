/** The ten drawn things in the files of CIFAR-10's binary version: five training batches and a test batch. */
import * as TE from "fp-ts/lib/TaskEither.js";
import { pipe, type SvertkaError } from "svertka";
import { cifar10ClassNames } from "svertka/data";
import { type DrawnFile, drawnOnce } from "./folder.js";
import { randomOf } from "./random.js";
import { type Pixels, pixelsOf } from "./sheet.js";
import { drawThing } from "./ten-things.js";

const size = 32;

/** Of a byte for the label and three planes of bytes, red, green, blue, row by row (the format of cs.toronto.edu/~kriz/cifar.html). */
const record = (label: number, pixels: Pixels): Uint8Array => {
  const bytes = new Uint8Array(1 + 3 * size * size);
  bytes[0] = label;
  pixels.forEach((value, i) => (bytes[1 + (i % 3) * size * size + Math.floor(i / 3)] = value));
  return bytes;
};

/** Noise of a camera: normal, its deviation between none and a tenth of the range, another one for each picture. */
const noisy = (pixels: Pixels, seed: number): Pixels => {
  const random = randomOf(seed);
  const deviation = random.between(0, 25);
  return pixels.map((value) => Math.round(Math.min(255, Math.max(0, value + random.normal(deviation)))));
};

const batch = (name: string, count: number, seed: number): TE.TaskEither<SvertkaError, DrawnFile> => {
  const labels = Array.from({ length: count }, (_, i) => i % cifar10ClassNames.length);
  return pipe(
    pixelsOf(
      labels.map((label, i) => drawThing(label, randomOf(seed + i))),
      size,
    ),
    TE.map((pictures) => {
      const records = labels.map((label, i) => record(label, noisy(pictures[i] ?? new Uint8Array(0), seed - i)));
      return { name, bytes: Buffer.concat(records) };
    }),
  );
};

export interface CifarFilesOptions {
  /** Pictures in each of the six files. */
  readonly count: number;
}

/** Draws the six files and `batches.meta.txt` into the folder, unless it is there; gives its path. */
export const drawCifarFiles = (folder: string, { count }: CifarFilesOptions): TE.TaskEither<SvertkaError, string> =>
  drawnOnce(
    folder,
    pipe(
      [...Array.from({ length: 5 }, (_, i) => `data_batch_${i + 1}.bin`), "test_batch.bin"],
      // Seeds that are far apart, so that no picture is drawn twice.
      TE.traverseSeqArray((name) => batch(name, count, 1_000_000 * (name.charCodeAt(name.length - 5) + name.length))),
      TE.map((files) => [
        ...files,
        { name: "batches.meta.txt", bytes: new TextEncoder().encode(`${cifar10ClassNames.join("\n")}\n`) },
      ]),
    ),
  );
