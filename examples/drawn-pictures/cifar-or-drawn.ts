/** The data of the CIFAR-10 lessons: the real binary files from `--data DIR`, or else ten drawn things in files of the same format. */
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import { pipe, type SvertkaError } from "svertka";
import { map, normalize, readCifar10, statistics, type Dataset, type Image, type Label } from "svertka/data/node";
import { drawCifarFiles } from "./cifar-files.js";

type Things = Dataset<Image<readonly [32, 32, 3]>, Label<10>>;

export interface CifarData {
  readonly train: Things;
  readonly validation: Things;
  readonly classNames: readonly string[];
}

const drawn = drawCifarFiles(join(import.meta.dirname, "data"), { count: 2_000 });

/** Each pixel less its mean in the training pictures, divided by its deviation there. */
export const cifarOrDrawn = ({
  dataDir,
}: {
  readonly dataDir: string | undefined;
}): TE.TaskEither<SvertkaError, CifarData> =>
  pipe(
    dataDir === undefined ? drawn : TE.right(dataDir),
    TE.flatMap(readCifar10),
    TE.bindTo("files"),
    TE.bind("measured", ({ files }) => statistics(files.train)),
    TE.map(({ files: { train, test, classNames }, measured }) => ({
      train: pipe(train, map(normalize(measured))),
      validation: pipe(test, map(normalize(measured))),
      classNames,
    })),
  );
