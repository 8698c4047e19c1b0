/** Data sets from folders, under Node. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fail, failTask, type SvertkaError } from "../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../fp.js";
import { readBytes } from "../io/node/whole-files.js";
import { fashionMnistClassNames, idxFileNames } from "./fashion-mnist.js";
import { gunzipIfNeeded } from "./gzip.js";
import { readIdx } from "./idx.js";
import { imageClassification, type LabelledImages } from "./labelled-images.js";
import type { NdArray } from "./nd-array.js";

export * from "./index.js";

/** Where Debian's package dataset-fashion-mnist and Keras keep the four files. */
const usualDirectories = (): readonly string[] => [
  "/usr/share/datasets/fashion-mnist",
  join(homedir(), ".keras", "datasets", "fashion-mnist"),
];

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

/** Its pictures: 28 rows, 28 columns, grey. */
type FashionMnistImages = LabelledImages<(typeof fashionMnistClassNames)["length"], readonly [number, 28, 28, 1]>;

const ofItsSize = <C extends number>(
  { x, ...rest }: LabelledImages<C>,
  path: string,
): Either<SvertkaError, LabelledImages<C, readonly [number, 28, 28, 1]>> => {
  const { dtype, data } = x;
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  return height === 28 && width === 28 && channels === 1
    ? E.right({ ...rest, x: { dtype, shape: [count, 28, 28, 1], data } })
    : fail(
        "BadFile",
        path,
        `images: they are ${height}x${width}x${channels}, those of Fashion-MNIST are 28x28x1: give the folder of its four IDX files`,
      );
};

type FileNames = { readonly images: string; readonly labels: string };

/** Images and labels of one of the two halves; a wrong label is reported with the labels' file. */
const readHalf = <C extends number>(
  directory: string,
  names: FileNames,
  classes: C,
): TaskEither<SvertkaError, LabelledImages<C, readonly [number, 28, 28, 1]>> =>
  pipe(
    findFile(directory, names.images),
    TE.bindTo("imagesPath"),
    TE.bind("images", ({ imagesPath }) => readIdxFile(imagesPath)),
    TE.flatMap(({ images, imagesPath }) =>
      pipe(
        findFile(directory, names.labels),
        TE.flatMap((path) =>
          pipe(
            readIdxFile(path),
            TE.flatMapEither((labels) => imageClassification(images, labels, { classes, where: path })),
            TE.flatMapEither((read) => ofItsSize(read, imagesPath)),
          ),
        ),
      ),
    ),
  );

export type FashionMnist = {
  readonly train: FashionMnistImages;
  readonly test: FashionMnistImages;
  readonly classNames: readonly string[];
  /** One line for people: how many images, from where. */
  readonly source: string;
};

const count = ({ y }: LabelledImages): string => y.data.length.toLocaleString("en-GB");

/**
 * Fashion-MNIST from a folder with the four standard files; with no folder given, from where Debian's package
 * or Keras puts them.
 */
export const readFashionMnist = (directory: string | undefined): TaskEither<SvertkaError, FashionMnist> => {
  const folder = directory ?? usualDirectories().find((path) => existsSync(path));
  if (folder === undefined)
    return failTask(
      "BadFile",
      "",
      "Fashion-MNIST: not found on this machine: give its folder, or install Debian's dataset-fashion-mnist",
    );
  const classes = fashionMnistClassNames.length;
  return pipe(
    readHalf(folder, idxFileNames.train, classes),
    TE.flatMap((train) =>
      pipe(
        readHalf(folder, idxFileNames.test, classes),
        TE.map((test) => ({
          train,
          test,
          classNames: fashionMnistClassNames,
          source: `Fashion-MNIST, ${count(train)} training and ${count(test)} test images from ${folder}`,
        })),
      ),
    ),
  );
};
