/** A folder of pictures as a data set, a class for each folder in it. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import type { Dataset, Reader } from "../dataset.js";
import { planOf } from "../pipeline/derive.js";
import { shuffle } from "../pipeline/order.js";
import { checkOptions, type FolderDataset, type FolderOptions, type FromFolder } from "./folder-options.js";
import { imageFiles, readWaiting, type ImageFiles, type Report } from "./image-files.js";
import { labelledFiles, partOf, reordered, type LabelledFiles } from "./labelled-files.js";
import { workerReader } from "./worker-pool.js";

/**
 * Pictures (JPEG, PNG) of a folder, decoded in worker threads when they are asked for.
 *
 * Shape   x f32 [h, w, c] in [0, 1]; y as `labelMode` says.
 * Order   that of Keras's `image_dataset_from_directory` with shuffle off: class by class, folder by folder, by name.
 * Errors  no such folder, no pictures, one class only, options that do not go together; in reading: what is no picture or is
 *         damaged, and one with more than `maxPixels`, which its header says before memory is taken.
 * Source  Keras 3, `image_dataset_from_directory`; its values are from 0 to 255.
 *
 * @example
 * const pictures = await orReject(imagesFromFolder("cars", { classNames: ["car", "truck"], imageSize: [128, 128] }))
 */
export const imagesFromFolder = <const O extends FolderOptions>(
  folder: string,
  given?: O,
): TaskEither<SvertkaError, FromFolder<O>> => {
  const options: FolderOptions = given ?? {};
  return pipe(
    TE.fromEither(checkOptions(options)),
    TE.flatMap(() => labelledFiles(folder, options)),
    TE.flatMapEither((found) => chosen(found, options)),
    // Sound: FromFolder says of the options what `chosen` does.
    TE.map((parts) => (options.subset === "both" ? parts : parts[0]) as unknown as FromFolder<O>),
  );
};

/** The data sets that are asked for: one, or training and validation data. */
const chosen = (found: LabelledFiles, options: FolderOptions): Either<SvertkaError, readonly FolderDataset[]> => {
  const { files, classNames } = found;
  const { validationSplit, subset, labelMode } = options;
  if (files.length === 0)
    return fail("BadData", "folder", "folder of pictures: there is no .jpg, .jpeg or .png in it: is it the right one?");
  if (labelMode === "binary" && found.labels !== undefined && classNames.length !== 2)
    return fail(
      "BadOption",
      "labelMode",
      `labelMode: "binary" is for 2 classes, there are ${classNames.length}: use "int"`,
    );
  const reader: Reader =
    options.workers === 0 ? { ahead: 1 } : workerReader({ workers: options.workers, report: reportOf(options) });
  const made = (part: LabelledFiles, order: boolean): FolderDataset => folderDataset(part, options, { order, reader });
  const shuffles = options.shuffle ?? true;
  if (validationSplit === undefined) return E.right([made(found, shuffles)]);
  // Keras's int(split * n), from the end of the files, in an order by the seed where it is shuffled.
  const held = Math.floor(validationSplit * files.length);
  if (held === 0 || held === files.length)
    return fail(
      "BadOption",
      "validationSplit",
      `validationSplit: ${validationSplit} of ${files.length} pictures leaves a side empty: use another fraction`,
    );
  const mixed = shuffles ? reordered(found, options.seed ?? 0) : found;
  const training = (): FolderDataset => made(partOf(mixed, 0, files.length - held), shuffles);
  const validation = (): FolderDataset => made(partOf(mixed, files.length - held, files.length), false);
  if (subset === "training") return E.right([training()]);
  return E.right(subset === "validation" ? [validation()] : [training(), validation()]);
};

const reportOf = ({ onError }: FolderOptions): Report | undefined =>
  typeof onError === "function" ? onError : undefined;

interface How {
  readonly order: boolean;
  readonly reader: Reader;
}

const folderDataset = (
  { files, labels, classNames }: LabelledFiles,
  options: FolderOptions,
  { order, reader }: How,
): FolderDataset => {
  const { onError = "error", seed } = options;
  const plain: ImageFiles = {
    files,
    labels,
    labelMode: options.labelMode ?? "int",
    classes: classNames.length,
    colorMode: options.colorMode ?? "rgb",
    imageSize: options.imageSize,
    interpolation: options.interpolation ?? "bilinear",
    aspectRatio: options.cropToAspectRatio === true ? "crop" : options.padToAspectRatio === true ? "pad" : "stretch",
    maxPixels: options.maxPixels ?? 64_000_000,
    onError: onError === "error" ? "error" : "skip",
  };
  const plan = planOf("imagesFromFolder", plain, []);
  const direct = imageFiles(plain, reportOf(options) ?? (() => undefined), readWaiting);
  const source = reader.elsewhere?.(direct, plan) ?? direct;
  const dataset: Dataset = { kind: "dataset", count: files.length, source, plan, reader };
  const ordered = order ? shuffle({ seed })(dataset) : dataset;
  const named: Dataset & Pick<FolderDataset, "classNames" | "files"> = { ...ordered, classNames, files };
  return named as FolderDataset; // sound: pictures of the size and labels that the options say
};
