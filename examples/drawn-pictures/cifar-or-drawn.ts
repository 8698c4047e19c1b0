/** The data of the CIFAR-10 lessons: the real binary files from `--data DIR`, or else ten drawn things in files of the same format. */
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { pipe, type SvertkaError } from "svertka";
import { drawCifarFiles } from "./cifar-files.js";
import { readThings, type Things } from "./read-arrays.js";
import { tenThings } from "./ten-things.js";

const drawn = drawCifarFiles(join(import.meta.dirname, "data"), { count: 2_000 });
const trainingFiles = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);

export interface CifarData {
  readonly train: Things;
  readonly validation: Things;
  readonly classNames: readonly string[];
}

export const cifarOrDrawn = ({
  dataDir,
}: {
  readonly dataDir: string | undefined;
}): TE.TaskEither<SvertkaError, CifarData> =>
  pipe(
    dataDir === undefined ? drawn : TE.right(dataDir),
    TE.flatMap((folder) =>
      pipe(
        TE.Do,
        TE.apS("train", readThings(folder, trainingFiles)),
        TE.apS("validation", readThings(folder, ["test_batch.bin"])),
        TE.let("classNames", () => tenThings),
      ),
    ),
  );
