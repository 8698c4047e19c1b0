/** Validation data of `fit`: files, a part of the training data, or none. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { countOf, sliceExamples, type Examples } from "../../train/examples.js";
import { listFlag, numberFlag, type Flags } from "../flags.js";
import { readExamples, type DataRules } from "./examples.js";

export interface Parts {
  readonly train: Examples;
  readonly validation: Examples | undefined;
}

/** How the training examples are parted, as said by the flags. */
export type ValidationWish =
  | { readonly kind: "none" }
  | { readonly kind: "split"; readonly fraction: number }
  | { readonly kind: "files"; readonly x: readonly string[]; readonly y: readonly string[] };

export const validationWish = (flags: Flags): Either<SvertkaError, ValidationWish> => {
  const fraction = numberFlag(flags, "validationSplit");
  if (E.isLeft(fraction)) return fraction;
  const x = listFlag(flags, "validationX");
  const y = listFlag(flags, "validationY");
  if (x.length === 0 && y.length === 0) {
    if (fraction.right === undefined) return E.right({ kind: "none" });
    return fraction.right > 0 && fraction.right < 1
      ? E.right({ kind: "split", fraction: fraction.right })
      : fail("BadOption", "--validation-split", `${fraction.right} is not between 0 and 1: give a number such as 0.2`);
  }
  if (x.length === 0 || y.length === 0)
    return fail(
      "BadOption",
      x.length === 0 ? "--validation-x" : "--validation-y",
      "validation data are inputs and labels: give --validation-x and --validation-y",
    );
  return fraction.right === undefined
    ? E.right({ kind: "files", x, y })
    : fail("BadOption", "--validation-split", "validation data are given too: use one of them");
};

/** Keras's split: the last examples, before shuffling. */
const split = (examples: Examples, fraction: number): Either<SvertkaError, Parts> => {
  const all = countOf(examples);
  const kept = Math.floor(all * (1 - fraction));
  return kept === 0 || kept === all
    ? fail(
        "BadOption",
        "--validation-split",
        `${fraction} of ${all} examples leaves none for training or for validation: give another fraction`,
      )
    : E.right({ train: sliceExamples(examples, 0, kept), validation: sliceExamples(examples, kept, all) });
};

export const partsOf = async (
  examples: Examples,
  wish: ValidationWish,
  rules: DataRules,
): Promise<Either<SvertkaError, Parts>> => {
  if (wish.kind === "none") return E.right({ train: examples, validation: undefined });
  if (wish.kind === "split") return split(examples, wish.fraction);
  const { x, y } = wish;
  const flags = { x: "--validation-x", y: "--validation-y" };
  const validation = await readExamples({ flags, x, y, sampleWeights: [] }, rules)();
  return E.isLeft(validation) ? validation : E.right({ train: examples, validation: validation.right });
};
