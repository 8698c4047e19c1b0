/** MNIST and Fashion-MNIST from the folders of their four IDX files. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fail, failTask, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { readBytes } from "../../io/node/whole-files.js";
import { fashionMnistClassNames, idxFileNames } from "../fashion-mnist.js";
import { gunzipIfNeeded } from "../gzip.js";
import { readIdx } from "../idx.js";
import { imageClassification, type LabelledImages } from "../labelled-images.js";
import type { NdArray } from "../nd-array.js";

/** What the sets of this family differ in; all are grey pictures of 28x28 with 10 classes. */
interface IdxSet {
  readonly name: string;
  readonly classNames: readonly string[];
  /** Where Debian's packages and Keras keep the files. */
  readonly directories: readonly string[];
  /** Completes "give its folder, or …". */
  readonly remedy: string;
}

const classes = 10;

const sets = (): { readonly fashionMnist: IdxSet; readonly mnist: IdxSet } => ({
  fashionMnist: {
    name: "Fashion-MNIST",
    classNames: fashionMnistClassNames,
    directories: ["/usr/share/datasets/fashion-mnist", join(homedir(), ".keras", "datasets", "fashion-mnist")],
    remedy: "install Debian's dataset-fashion-mnist",
  },
  mnist: {
    name: "MNIST",
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    directories: ["/usr/share/datasets/mnist", join(homedir(), ".keras", "datasets", "mnist")],
    remedy: "put its four IDX files there",
  },
});

/** A file by its plain name, or with `.gz`. */
const findFile = (directory: string, name: string): TaskEither<SvertkaError, string> => {
  const found = [join(directory, name), join(directory, `${name}.gz`)].find((path) => existsSync(path));
  return found === undefined
    ? failTask("BadFile", directory, `${name}[.gz]: the folder lacks this file: give the folder of the four IDX files`)
    : TE.right(found);
};

/** An IDX file, packed or not. */
export const readIdxFile = (path: string): TaskEither<SvertkaError, NdArray> =>
  pipe(
    readBytes(path),
    TE.flatMap((bytes) => gunzipIfNeeded(bytes, path)),
    TE.flatMapEither((bytes) => readIdx(bytes, path)),
  );

/** Pictures of 28 rows, 28 columns, grey. */
type IdxImages = LabelledImages<typeof classes, readonly [number, 28, 28, 1]>;

/** The two halves of a set. */
export type IdxHalves = {
  readonly train: IdxImages;
  readonly test: IdxImages;
  readonly classNames: readonly string[];
  /** One line for people: how many images, from where. */
  readonly source: string;
};

const ofItsSize = (
  { x, ...rest }: LabelledImages<typeof classes>,
  { name }: IdxSet,
  path: string,
): Either<SvertkaError, IdxImages> => {
  const { dtype, data } = x;
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  return height === 28 && width === 28 && channels === 1
    ? E.right({ ...rest, x: { dtype, shape: [count, 28, 28, 1], data } })
    : fail(
        "BadFile",
        path,
        `images: they are ${height}x${width}x${channels}, those of ${name} are 28x28x1: give the folder of its four IDX files`,
      );
};

/** Images and labels of one of the two halves; a wrong label is reported with the labels' file. */
const readHalf = (
  directory: string,
  half: keyof typeof idxFileNames,
  set: IdxSet,
): TaskEither<SvertkaError, IdxImages> =>
  pipe(
    findFile(directory, idxFileNames[half].images),
    TE.bindTo("imagesPath"),
    TE.bind("images", ({ imagesPath }) => readIdxFile(imagesPath)),
    TE.flatMap(({ images, imagesPath }) =>
      pipe(
        findFile(directory, idxFileNames[half].labels),
        TE.flatMap((path) =>
          pipe(
            readIdxFile(path),
            TE.flatMapEither((labels) => imageClassification(images, labels, { classes, where: path })),
            TE.flatMapEither((read) => ofItsSize(read, set, imagesPath)),
          ),
        ),
      ),
    ),
  );

const count = ({ y }: LabelledImages): string => y.data.length.toLocaleString("en-GB");

const readSet = (set: IdxSet, directory: string | undefined): TaskEither<SvertkaError, IdxHalves> => {
  const folder = directory ?? set.directories.find((path) => existsSync(path));
  if (folder === undefined)
    return failTask("BadFile", "", `${set.name}: not found on this machine: give its folder, or ${set.remedy}`);
  return pipe(
    readHalf(folder, "train", set),
    TE.bindTo("train"),
    TE.bind("test", () => readHalf(folder, "test", set)),
    TE.map(({ train, test }) => ({
      train,
      test,
      classNames: set.classNames,
      source: `${set.name}, ${count(train)} training and ${count(test)} test images from ${folder}`,
    })),
  );
};

/**
 * Fashion-MNIST from a folder with the four standard files; with no folder given, from where Debian's package
 * or Keras puts them.
 */
export const readFashionMnist = (directory: string | undefined): TaskEither<SvertkaError, IdxHalves> =>
  readSet(sets().fashionMnist, directory);

/** MNIST's digits from a folder with the four standard files. */
export const readMnist = (directory: string | undefined): TaskEither<SvertkaError, IdxHalves> =>
  readSet(sets().mnist, directory);
