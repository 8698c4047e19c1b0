/** CIFAR-10 and CIFAR-100 from the folders of their binary versions. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { failTask, type SvertkaError } from "../../errors.js";
import { TE, pipe, type TaskEither } from "../../fp.js";
import { readBytes, readText } from "../../io/node/whole-files.js";
import {
  checkCifar,
  cifar100Formats,
  cifar10ClassNames,
  cifar10Format,
  cifarDataset,
  type CifarFormat,
} from "../cifar.js";
import type { Dataset, Image, Label } from "../dataset.js";

/** Training and test data as bytes, which become pictures f32 [32, 32, 3] in [0, 1] as they are read. */
export interface Cifar<C extends number = number> {
  readonly train: Dataset<Image<readonly [32, 32, 3]>, Label<C>>;
  readonly test: Dataset<Image<readonly [32, 32, 3]>, Label<C>>;
  readonly classNames: readonly string[];
}

interface Files {
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The folder that the archive unpacks to. */
  readonly folder: string;
  readonly names: string;
}

const readFiles = <C extends number>(
  directory: string,
  names: readonly string[],
  format: CifarFormat<C>,
): TaskEither<SvertkaError, Dataset<Image<readonly [32, 32, 3]>, Label<C>>> =>
  pipe(
    names,
    TE.traverseSeqArray((name: string) => {
      const path = join(directory, name);
      return pipe(
        existsSync(path)
          ? readBytes(path)
          : failTask(
              "BadFile",
              directory,
              `${format.name}: the folder lacks ${name}: give the folder of its binary version`,
            ),
        TE.flatMapEither((bytes) => checkCifar(bytes, format, path)),
      );
    }),
    TE.map((files) => cifarDataset(files, format)),
  );

/** A line a class; what the classes are called matters to nothing, so that a missing file is no error. */
const readNames = (path: string, otherwise: readonly string[]): TaskEither<SvertkaError, readonly string[]> =>
  existsSync(path)
    ? pipe(
        readText(path),
        TE.map((text) =>
          text
            .split(/\r?\n/)
            .filter((line) => line !== "")
            .slice(0, otherwise.length),
        ),
      )
    : TE.right(otherwise);

const readCifar = <C extends number>(
  directory: string,
  { train, test, folder, names }: Files,
  format: CifarFormat<C>,
  classNames: readonly string[],
): TaskEither<SvertkaError, Cifar<C>> => {
  const unpacked = join(directory, folder);
  const where = existsSync(unpacked) ? unpacked : directory;
  return pipe(
    readFiles(where, train, format),
    TE.bindTo("train"),
    TE.bind("test", () => readFiles(where, test, format)),
    TE.bind("classNames", () => readNames(join(where, names), classNames)),
  );
};

/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test pictures of 10 classes, from the folder of its binary version
 * (`data_batch_1.bin` …) or the one above. Memory: 185 MB.
 *
 * Errors  a file that is missing, cut short, or holds other labels.
 *
 * @example
 * const { train, test } = await orReject(readCifar10("cifar-10-batches-bin"))
 */
export const readCifar10 = (directory: string): TaskEither<SvertkaError, Cifar<10>> =>
  readCifar(
    directory,
    {
      train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
      test: ["test_batch.bin"],
      folder: "cifar-10-batches-bin",
      names: "batches.meta.txt",
    },
    cifar10Format,
    cifar10ClassNames,
  );

export interface Cifar100Options<K extends "fine" | "coarse" = "fine" | "coarse"> {
  /** 100 fine classes (when not given), or 20 coarse ones. */
  readonly labels?: K | undefined;
}

/** CIFAR-100 from the folder of its binary version (`train.bin`, `test.bin`) or the one above; see {@link readCifar10}. */
export const readCifar100 = <const K extends "fine" | "coarse" = "fine">(
  directory: string,
  { labels }: Cifar100Options<K> = {},
): TaskEither<SvertkaError, Cifar<(typeof cifar100Formats)[K]["classes"]>> => {
  const kind = labels ?? "fine";
  const format: CifarFormat<(typeof cifar100Formats)[K]["classes"]> = cifar100Formats[kind];
  return readCifar(
    directory,
    { train: ["train.bin"], test: ["test.bin"], folder: "cifar-100-binary", names: `${kind}_label_names.txt` },
    format,
    Array.from({ length: format.classes }, (_, i) => `class ${i}`),
  );
};
