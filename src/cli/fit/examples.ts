/** `--x`, `--y`, `--sample-weight` and their validation twins: .npy files as examples, looked at before training. */
import { existsSync } from "node:fs";
import { fail, failTask, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { concreteShape, type Dims } from "../../compiler/ir/type.js";
import { checkFinite, f32, i32, type NdArray } from "../../data/nd-array.js";
import { readNpy } from "../../io/npy.js";
import { readBytes } from "../../io/node.js";
import { checkExamples, type Examples } from "../../train/examples.js";
import type { Loss } from "../../train/losses/index.js";

const read = (flag: string, path: string): TaskEither<SvertkaError, NdArray> =>
  existsSync(path)
    ? pipe(
        readBytes(path),
        TE.flatMapEither((bytes) => readNpy(bytes, path)),
        TE.flatMapEither((array) =>
          array.shape.length === 0
            ? fail("BadData", path, "npy: a single number is no list of examples: give an array")
            : E.right(array),
        ),
      )
    : failTask("BadFile", path, `${flag}: no such file: check the path`);

/** Whole numbers become floats as they are: only the user knows what they mean. */
const asFloats = (array: NdArray): NdArray<"f32"> =>
  array.dtype === "f32" ? array : f32(array.shape, Float32Array.from(array.data));

const asLabels = (array: NdArray): Examples["y"] =>
  array.dtype === "u8" ? i32(array.shape, Int32Array.from(array.data)) : array;

export interface ExampleFiles {
  /** `--x`, or `--validation-x`: what a sentence names. */
  readonly flags: { readonly x: string; readonly y: string };
  readonly x: string;
  readonly y: string;
  readonly sampleWeights?: string | undefined;
}

export interface LabelRules {
  readonly loss: Loss;
  /** The shape of the model's output, batch axis first. */
  readonly output: Dims;
}

/** As in Keras an axis of 1 at the end may be there or not. */
const withoutLastOne = (shape: readonly number[]): string =>
  (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape).join();

/** What is wrong with the labels for this loss, if anything: a batch would say it too, but only when its turn comes. */
const labelProblem = (y: Examples["y"], { loss, output }: LabelRules): string | undefined => {
  const wanted = loss.labels(output);
  const shape = concreteShape(wanted.shape, y.shape[0] ?? 0);
  if (withoutLastOne(y.shape) !== withoutLastOne(shape))
    return `labels: they are [${y.shape.join(", ")}], ${loss.name} needs [${shape.join(", ")}]: give labels of that shape`;
  if (wanted.dtype === "i32") {
    const classes = loss.family === "categorical" ? Number(output.at(-1)) : Infinity;
    const wrong = y.data.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= classes);
    return wrong < 0
      ? undefined
      : `labels: label ${wrong} is ${y.data[wrong]}, the model has classes 0 to ${classes - 1}: mend the data or the last layer`;
  }
  const wrong = loss.family === "none" ? -1 : y.data.findIndex((label) => label < 0 || label > 1);
  return wrong < 0
    ? undefined
    : `labels: label ${wrong} is ${y.data[wrong]}, ${loss.name} needs 0 to 1: mend the data, or take another loss`;
};

const checkLabels = (y: Examples["y"], path: string, rules: LabelRules): Either<SvertkaError, void> => {
  const finite = y.dtype === "f32" ? checkFinite(y, path) : E.right(undefined);
  if (E.isLeft(finite)) return finite;
  const problem = labelProblem(y, rules);
  return problem === undefined ? E.right(undefined) : fail("BadData", path, problem);
};

const checkWeights = (
  { shape, data }: NdArray<"f32">,
  path: string,
  examples: number | undefined,
): Either<SvertkaError, void> => {
  if (shape.join() !== String(examples))
    return fail(
      "BadData",
      path,
      `sample weights: they are [${shape.join(", ")}] for ${examples} examples: give one weight per example`,
    );
  const wrong = data.findIndex((weight) => !Number.isFinite(weight) || weight < 0);
  return wrong < 0
    ? E.right(undefined)
    : fail(
        "BadData",
        path,
        `sample weights: weight ${wrong} is ${data[wrong]}: give a number of at least 0 for each example`,
      );
};

/** The examples of these files, which fit each other and the loss. */
export const readExamples =
  ({ flags, ...files }: ExampleFiles, rules: LabelRules): TaskEither<SvertkaError, Examples> =>
  async () => {
    const x = await read(flags.x, files.x)();
    if (E.isLeft(x)) return x;
    const y = await read(flags.y, files.y)();
    if (E.isLeft(y)) return y;
    const examples = { x: asFloats(x.right), y: asLabels(y.right) };
    const checked = checkExamples(examples, files.x);
    if (E.isLeft(checked)) return checked;
    const labels = checkLabels(examples.y, files.y, rules);
    if (E.isLeft(labels)) return labels;
    if (files.sampleWeights === undefined) return E.right(examples);
    const weights = await read("--sample-weight", files.sampleWeights)();
    if (E.isLeft(weights)) return weights;
    const sampleWeights = asFloats(weights.right);
    const good = checkWeights(sampleWeights, files.sampleWeights, examples.y.shape[0]);
    return E.isLeft(good) ? good : E.right({ ...examples, sampleWeights });
  };
