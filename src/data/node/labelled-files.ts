/** The files of a folder with their class numbers, inferred or given. */
import { sep } from "node:path";
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { foldIn, keyOf, shuffled } from "../../random/index.js";
import type { FolderOptions } from "./folder-options.js";
import { classFolders, listImages } from "./list-images.js";

export interface LabelledFiles {
  readonly files: readonly string[];
  readonly labels: Int32Array | undefined;
  readonly classNames: readonly string[];
}

/** A number beyond it is no class, and a name for each below it would take the memory. */
const mostClasses = 1_000_000;

export const labelledFiles = (folder: string, options: FolderOptions): TaskEither<SvertkaError, LabelledFiles> => {
  const { labels = "inferred", followLinks = false } = options;
  if (labels === "inferred") return listedByFolder(folder, options);
  return pipe(
    listImages(folder, followLinks),
    TE.flatMapEither((files): Either<SvertkaError, LabelledFiles> => {
      if (labels === "none") return E.right({ files, labels: undefined, classNames: [] });
      if (labels.length !== files.length)
        return fail("BadOption", "labels", `labels: ${labels.length} for ${files.length} pictures: give one a picture`);
      const wrong = labels.find((label) => !Number.isSafeInteger(label) || label < 0 || label >= mostClasses);
      if (wrong !== undefined)
        return fail(
          "BadOption",
          "labels",
          `labels: ${wrong} is no class number: give whole numbers from 0 to ${mostClasses - 1}`,
        );
      const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
      const classNames = Array.from({ length: classes }, (_, i) => String(i));
      return E.right({ files, labels: Int32Array.from(labels), classNames });
    }),
  );
};

const listedByFolder = (
  folder: string,
  { classNames: wanted, followLinks = false }: FolderOptions,
): TaskEither<SvertkaError, LabelledFiles> =>
  pipe(
    classFolders(folder),
    TE.flatMapEither((found): Either<SvertkaError, readonly string[]> => {
      const missing = wanted?.find((name) => !found.includes(name));
      return missing === undefined
        ? E.right(wanted ?? found)
        : fail(
            "BadOption",
            "classNames",
            `classNames: the folder has no folder '${missing.slice(0, 40)}': its folders are ${found.join(", ").slice(0, 80) || "none"}`,
          );
    }),
    TE.bindTo("classNames"),
    TE.bind("perClass", ({ classNames }) =>
      TE.traverseSeqArray((name: string) => listImages(`${folder}${sep}${name}`, followLinks))(classNames),
    ),
    TE.map(({ classNames, perClass }) => ({
      classNames,
      files: perClass.flat(),
      labels: Int32Array.from(perClass.flatMap((files, label) => files.map(() => label))),
    })),
    TE.flatMapEither((found) => {
      const problem = classesProblem(found);
      return problem === undefined ? E.right(found) : fail("BadData", folder, `folder of pictures: ${problem}`);
    }),
  );

const classesProblem = ({ classNames, files }: LabelledFiles): string | undefined => {
  const [name = ""] = classNames;
  if (classNames.length === 0)
    return 'there are no folders of classes in it: put each class in its own, or read it with labels "none"';
  if (files.length === 0)
    return `there is no .jpg, .jpeg or .png in its ${classNames.length} folders: is it the right one?`;
  return classNames.length > 1
    ? undefined
    : `it has one class, '${name.slice(0, 40)}', and a classifier needs two: add a folder, or read it with labels "none"`;
};

/** Some of the files. */
export const partOf = ({ files, labels, classNames }: LabelledFiles, start: number, end: number): LabelledFiles => ({
  files: files.slice(start, end),
  labels: labels?.slice(start, end),
  classNames,
});

/** The files in an order by the seed. */
export const reordered = ({ files, labels, classNames }: LabelledFiles, seed: number): LabelledFiles => {
  const order = shuffled(files.length, foldIn(keyOf(seed), "imagesFromFolder"));
  return {
    files: Array.from(order, (at) => files[at] ?? ""),
    labels: labels && Int32Array.from(order, (at) => labels[at] ?? 0),
    classNames,
  };
};
