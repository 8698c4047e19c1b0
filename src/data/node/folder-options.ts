/** How a folder of pictures is read: the options, what they say in types, and which go together. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Dataset, Image, Label, OneHot } from "../dataset.js";
import type { channelsOf, ColorMode } from "../image/channels.js";
import type { Interpolation } from "../../shape/sampling.js";
import type { NdArray } from "../nd-array.js";
import type { Report } from "./image-files.js";

/** The options of Keras's `image_dataset_from_directory`, and what becomes of pictures that cannot be read. */
export interface FolderOptions {
  /** From the folders' names, none, or a number for each file in sorted order. */
  readonly labels?: "inferred" | "none" | readonly number[] | undefined;
  /** Class numbers (i32 []), 0 or 1 (f32 [1]), or rows with a one (f32 [classes]). */
  readonly labelMode?: "int" | "binary" | "categorical" | undefined;
  /** Folders in the order of their numbers, or some of them; sorted when not given. Types know how many there are. */
  readonly classNames?: readonly string[] | undefined;
  readonly colorMode?: ColorMode | undefined;
  /** Height and width; when not given, pictures stay as they are, and a batch of different ones is an error. */
  readonly imageSize?: readonly [number, number] | undefined;
  readonly interpolation?: Interpolation | undefined;
  /** Cuts the longer sides off, instead of stretching. */
  readonly cropToAspectRatio?: boolean | undefined;
  /** Fills up with black, instead of stretching. */
  readonly padToAspectRatio?: boolean | undefined;
  /** True as in Keras: another order each epoch. Validation data stay in order. */
  readonly shuffle?: boolean | undefined;
  /** Which files are validation data, and the order where it is shuffled; the trainer's when not given. */
  readonly seed?: number | undefined;
  /** That fraction of the files is for validation. */
  readonly validationSplit?: number | undefined;
  readonly subset?: "training" | "validation" | "both" | undefined;
  readonly followLinks?: boolean | undefined;
  /** A picture that cannot be read ends the reading, is left out, or is left out and told to a function. */
  readonly onError?: "error" | "skip" | Report | undefined;
  /** Pictures with more pixels are not decoded: 64,000,000. */
  readonly maxPixels?: number | undefined;
  /** Threads that decode; one less than the machine's cores when not given, 0 decodes in this one. */
  readonly workers?: number | undefined;
}

type SizeOf<O> = O extends { readonly imageSize: readonly [infer H extends number, infer W extends number] }
  ? readonly [H, W]
  : readonly [number, number];
type ChannelsOf<O> = O extends { readonly colorMode: infer M extends ColorMode } ? (typeof channelsOf)[M] : 3;
type ClassCount<O> = O extends { readonly classNames: readonly string[] } ? O["classNames"]["length"] : number;

/** What a picture's label is, by the options. */
export type FolderLabel<O extends FolderOptions> = O extends { readonly labels: "none" }
  ? undefined
  : O extends { readonly labelMode: "binary" }
    ? NdArray<"f32", readonly [1]>
    : O extends { readonly labelMode: "categorical" }
      ? OneHot<ClassCount<O>>
      : Label<ClassCount<O>>;

/** Pictures of a folder, with the names of their classes and files. */
export type FolderDataset<O extends FolderOptions = FolderOptions> = Dataset<
  Image<readonly [...SizeOf<O>, ChannelsOf<O>]>,
  FolderLabel<O>
> & { readonly classNames: readonly string[]; readonly files: readonly string[] };

/** Training and validation data for `subset: "both"`, else one data set. */
export type FromFolder<O extends FolderOptions> = O extends { readonly subset: "both" }
  ? readonly [FolderDataset<O>, FolderDataset<O>]
  : FolderDataset<O>;

/** What is wrong with the options, if anything; the files are not looked at yet. */
export const checkOptions = (options: FolderOptions): Either<SvertkaError, void> => {
  const bad = (name: string, sentence: string): Either<SvertkaError, never> =>
    fail("BadOption", name, `${name}: ${sentence}`);
  const { imageSize, validationSplit, subset, maxPixels = 1, workers = 1, seed = 0 } = options;
  if (imageSize?.some((side) => !Number.isSafeInteger(side) || side < 1) === true)
    return bad("imageSize", `[${imageSize.join(", ")}] is no size: give height and width, as [128, 128]`);
  if (options.cropToAspectRatio === true && options.padToAspectRatio === true)
    return bad("padToAspectRatio", "cropToAspectRatio is given too: use one of them");
  if ((validationSplit === undefined) !== (subset === undefined))
    return bad("validationSplit", 'it goes with subset: give both, as { validationSplit: 0.2, subset: "training" }');
  if (validationSplit !== undefined && !(validationSplit > 0 && validationSplit < 1))
    return bad("validationSplit", `${validationSplit} is not between 0 and 1: use a fraction such as 0.2`);
  if (options.classNames !== undefined && (options.labels ?? "inferred") !== "inferred")
    return bad("classNames", "they name folders, and labels are not inferred from folders: leave one of them out");
  for (const [name, value, least] of [
    ["maxPixels", maxPixels, 1],
    ["workers", workers, 0],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      return bad(name, `${value} is no count: give a whole number of at least ${least}`);
  return Number.isSafeInteger(seed) ? E.right(undefined) : bad("seed", `${seed} is no whole number: use one such as 7`);
};
