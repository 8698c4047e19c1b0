/** Cars and trucks as PNG files in folders named after what is on them, as `imagesFromFolder` reads them. */
import { encode } from "fast-png";
import * as TE from "fp-ts/lib/TaskEither.js";
import { pipe, type SvertkaError } from "svertka";
import { type DrawnFile, drawnOnce } from "./folder.js";
import { randomOf } from "./random.js";
import { backdrop, posed, type Pose } from "./shapes.js";
import { pixelsOf } from "./sheet.js";
import { car, truck } from "./vehicles.js";

const size = 128;
const pose: Pose = { turn: 12, offset: 9, scale: [0.7, 1.1] };
const kinds = { car, truck };

const pictures = (
  folder: string,
  kind: keyof typeof kinds,
  { count, seed }: { readonly count: number; readonly seed: number },
): TE.TaskEither<SvertkaError, readonly DrawnFile[]> => {
  const drawings = Array.from({ length: count }, (_, i) => {
    const random = randomOf(seed + i);
    return backdrop(random) + posed(kinds[kind](random), random, pose);
  });
  return pipe(
    pixelsOf(drawings, size),
    TE.map((drawn) =>
      drawn.map((data, i) => ({
        name: `${folder}/${kind}/${String(i + 1).padStart(4, "0")}.png`,
        bytes: encode({ width: size, height: size, data, channels: 3, depth: 8 }),
      })),
    ),
  );
};

export interface VehicleFoldersOptions {
  /** Pictures of each kind to train with. */
  readonly train: number;
  /** Pictures of each kind to validate with. */
  readonly validation: number;
}

/** Draws `train/{car,truck}` and `validation/{car,truck}` into the folder, unless it is there; gives its path. */
export const drawVehicles = (
  folder: string,
  { train, validation }: VehicleFoldersOptions,
): TE.TaskEither<SvertkaError, string> =>
  drawnOnce(
    folder,
    pipe(
      [
        pictures("train", "car", { count: train, seed: 1_000_000 }),
        pictures("train", "truck", { count: train, seed: 2_000_000 }),
        pictures("validation", "car", { count: validation, seed: 3_000_000 }),
        pictures("validation", "truck", { count: validation, seed: 4_000_000 }),
      ],
      TE.sequenceSeqArray,
      TE.map((parts) => parts.flat()),
    ),
  );
