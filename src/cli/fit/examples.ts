/** `--x`, `--y`, `--sample-weight` and their validation twins: .npy files as examples, looked at before training. */
import { existsSync } from "node:fs";
import { fail, failTask, type SvertkaError } from "../../errors.js";
import { E, TE, pipe, type Either, type TaskEither } from "../../fp.js";
import { concreteShape, type Dims } from "../../compiler/ir/type.js";
import { checkFinite, f32, i32, type NdArray } from "../../data/nd-array.js";
import { readNpyFile } from "../../io/node.js";
import type { Labels } from "../../train/batch.js";
import { checkExamples, countOf, type Examples } from "../../train/examples.js";
import type { Loss } from "../../train/losses/index.js";
import { listFlag, type Flags } from "../flags.js";
import { besides, knownModel, type LoadedModel } from "../loaded-model.js";
import { hasUnknownAxes } from "../../run/inference-graph.js";
import { withDataShape } from "../../train/with-data-shape.js";
import { namedText, valuesByName, type NamedText, type Names } from "./by-name.js";

const read = (flag: string, path: string): TaskEither<SvertkaError, NdArray> =>
  existsSync(path)
    ? pipe(
        readNpyFile(path),
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

const asLabels = (array: NdArray): Labels =>
  array.dtype === "u8" ? i32(array.shape, Int32Array.from(array.data)) : array;

/** The texts of each flag: files, with names where there are several inputs or outputs. */
export interface ExampleFiles {
  /** `--x`, or `--validation-x`: what a sentence names. */
  readonly flags: { readonly x: string; readonly y: string };
  readonly x: readonly string[];
  readonly y: readonly string[];
  readonly sampleWeights: readonly string[];
}

/** The files of `--x`, `--y` and `--sample-weight`. */
export const exampleFiles = (flags: Flags): ExampleFiles => ({
  flags: { x: "--x", y: "--y" },
  x: listFlag(flags, "x"),
  y: listFlag(flags, "y"),
  sampleWeights: listFlag(flags, "sampleWeight"),
});

/** An output that has a loss. */
export interface LabelRules {
  readonly output: string;
  readonly loss: Loss;
  /** The shape of the output, batch axis first. */
  readonly shape: Dims;
}

export interface DataRules {
  readonly inputs: readonly string[];
  readonly heads: readonly LabelRules[];
}

/** As in Keras an axis of 1 at the end may be there or not. */
const withoutLastOne = (shape: readonly number[]): string =>
  (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape).join();

/** What is wrong with the labels for this loss, if anything: a batch would say it too, but only when its turn comes. */
const labelProblem = (y: Labels, { loss, shape: output }: LabelRules): string | undefined => {
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

const checkedLabels = (array: NdArray, path: string, rules: LabelRules): Either<SvertkaError, Labels> => {
  const y = asLabels(array);
  const finite = y.dtype === "f32" ? checkFinite(y, path) : E.right(y);
  if (E.isLeft(finite)) return finite;
  const problem = labelProblem(y, rules);
  return problem === undefined ? E.right(y) : fail("BadData", path, problem);
};

const checkedWeights = (array: NdArray, path: string, examples: number): Either<SvertkaError, NdArray<"f32">> => {
  const weights = asFloats(array);
  const { shape, data } = weights;
  if (shape.join() !== String(examples))
    return fail(
      "BadData",
      path,
      `sample weights: they are [${shape.join(", ")}] for ${examples} examples: give one weight per example`,
    );
  const wrong = data.findIndex((weight) => !Number.isFinite(weight) || weight < 0);
  return wrong < 0
    ? E.right(weights)
    : fail(
        "BadData",
        path,
        `sample weights: weight ${wrong} is ${data[wrong]}: give a number of at least 0 for each example`,
      );
};

/** A file whose own name holds `=` is taken as one when it exists. */
const fileText = (text: string): NamedText => (existsSync(text) ? { name: undefined, value: text } : namedText(text));

interface File<A> {
  readonly path: string;
  readonly array: A;
}
type Files<A> = ReadonlyMap<string, File<A>>;

/** The arrays of a flag's files, by name. */
const readFiles = async (texts: readonly string[], names: Names): Promise<Either<SvertkaError, Files<NdArray>>> => {
  const paths = valuesByName(texts.map(fileText), names);
  if (E.isLeft(paths)) return paths;
  const files = new Map<string, File<NdArray>>();
  for (const [name, path] of paths.right) {
    const array = await read(names.flag, path)();
    if (E.isLeft(array)) return array;
    files.set(name, { path, array: array.right });
  }
  return E.right(files);
};

const eachFile = <A extends NdArray, B extends NdArray>(
  files: Files<A>,
  make: (file: File<A>, name: string) => Either<SvertkaError, B>,
): Either<SvertkaError, Readonly<Record<string, B>>> => {
  const made: Record<string, B> = {};
  for (const [name, file] of files) {
    const one = make(file, name);
    if (E.isLeft(one)) return one;
    made[name] = one.right;
  }
  return E.right(made);
};

/** An array alone where the model has one such end, else all by name. */
const loneOr = <A>(named: Readonly<Record<string, A>>): A | Readonly<Record<string, A>> => {
  const [only, second] = Object.values(named);
  return only !== undefined && second === undefined ? only : named;
};

/** A module's model with unknown axes at the size of `--x`; any other as it is. */
export const sizedByFiles = async (
  loaded: LoadedModel,
  { flags, x }: ExampleFiles,
): Promise<Either<SvertkaError, LoadedModel>> => {
  const { model } = loaded;
  if (model === undefined || !hasUnknownAxes(model)) return E.right(loaded);
  const known = Object.keys(model["~model"].inputs);
  const files = await readFiles(x, { flag: flags.x, what: "input", known });
  if (E.isLeft(files)) return files;
  const arrays = Object.fromEntries([...files.right].map(([name, { array }]) => [name, asFloats(array)]));
  return knownModel(withDataShape(model, { x: arrays }), besides(loaded));
};

/** The examples of these files, which fit each other and the losses. */
export const readExamples =
  ({ flags, ...files }: ExampleFiles, { inputs, heads }: DataRules): TaskEither<SvertkaError, Examples> =>
  async () => {
    const outputs = heads.map(({ output }) => output);
    const xFiles = await readFiles(files.x, { flag: flags.x, what: "input", known: inputs });
    if (E.isLeft(xFiles)) return xFiles;
    const x = eachFile(xFiles.right, ({ array }) => E.right(asFloats(array)));
    if (E.isLeft(x)) return x;
    const yFiles = await readFiles(files.y, { flag: flags.y, what: "output", known: outputs });
    if (E.isLeft(yFiles)) return yFiles;
    const y = eachFile(yFiles.right, ({ array }) => E.right(asLabels(array)));
    if (E.isLeft(y)) return y;
    const examples = { x: loneOr(x.right), y: loneOr(y.right) };
    const [where] = [...xFiles.right.values()].map(({ path }) => path);
    const checked = checkExamples(examples, where ?? flags.x);
    if (E.isLeft(checked)) return checked;
    const labels = eachFile(yFiles.right, ({ array, path }, name) => {
      const rules = heads.find(({ output }) => output === name);
      return rules === undefined ? E.right(asLabels(array)) : checkedLabels(array, path, rules);
    });
    if (E.isLeft(labels)) return labels;
    if (files.sampleWeights.length === 0) return E.right(examples);
    const sampleWeights = await readWeights(files.sampleWeights, outputs, countOf(examples));
    return E.isLeft(sampleWeights) ? sampleWeights : E.right({ ...examples, sampleWeights: sampleWeights.right });
  };

/** One file weighs the examples for every output; files by name weigh them for these. */
const readWeights = async (
  texts: readonly string[],
  outputs: readonly string[],
  examples: number,
): Promise<Either<SvertkaError, NonNullable<Examples["sampleWeights"]>>> => {
  const said = texts.map((text) => fileText(text).name);
  const areNamed = said.some((name) => name !== undefined);
  const known = areNamed ? outputs.filter((output) => said.includes(output)) : outputs.slice(0, 1);
  const names: Names = { flag: "--sample-weight", what: "output", known: known.length === 0 ? outputs : known };
  const files = await readFiles(texts, names);
  if (E.isLeft(files)) return files;
  const weights = eachFile(files.right, ({ array, path }) => checkedWeights(array, path, examples));
  return E.isLeft(weights) ? weights : E.right(areNamed ? weights.right : loneOr(weights.right));
};
