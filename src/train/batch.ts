/** Checks of batches before anything runs: names, shapes, label classes, weights of examples. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { concreteShape, type DataType, type Dims } from "../compiler/ir/type.js";
import { f32, i32, malformation, type NdArray } from "../data/nd-array.js";
import { nearestName } from "../dsl/nearest-name.js";
import { isArray, namedArrays } from "../run/named-arrays.js";
import { weightsOfExamples, type ClassWeights } from "./class-weights.js";
import { otherArray, otherClasses } from "./data-fits.js";
import { noSuchOutput } from "./fits.js";

/** Class numbers, or numbers as the loss needs. */
export type Labels = NdArray<"f32"> | NdArray<"i32">;

/** Inputs, labels, and a weight per example if there are any: one array each, or arrays by input and by output name. */
export interface Batch {
  readonly x: NdArray<"f32"> | Readonly<Record<string, NdArray<"f32">>>;
  readonly y: Labels | Readonly<Record<string, Labels>>;
  /** How many classes the labels are of, where the data say it, as `imageClassification` does. */
  readonly classes?: number | undefined;
  /** f32[n]: the loss of each example is multiplied by it; by output name where outputs differ, those left out count 1. */
  readonly sampleWeights?: NdArray<"f32"> | Readonly<Record<string, NdArray<"f32">>> | undefined;
}

/** What the labels of an output must be. */
export interface LabelRules {
  readonly output: string;
  /** The names under which a step is fed them and their weights. */
  readonly fed: { readonly labels: string; readonly weights: string };
  readonly dtype: DataType;
  readonly shape: Dims;
  /** The number of classes, where labels are class numbers. */
  readonly classes: number | undefined;
}

export interface BatchRules {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** All outputs of the model, of which some have no labels. */
  readonly outputs: readonly string[];
  readonly labels: readonly LabelRules[];
}

export interface CheckedBatch {
  readonly size: number;
  readonly weighted: boolean;
  readonly inputs: ReadonlyMap<string, Labels>;
}

type Fed = Map<string, Labels>;

/** The batch as a step takes it; class weights are folded into the weights of its examples. */
export const checkBatch = (
  batch: Batch,
  rules: BatchRules,
  classWeights: ClassWeights | undefined,
): Either<SvertkaError, CheckedBatch> => {
  const given = namedLabels(batch.y, rules);
  if (E.isLeft(given)) return given;
  const [first] = rules.labels;
  const size = given.right[first?.output ?? ""]?.shape[0] ?? 0;
  if (size === 0) return fail("BadData", "labels", "batch: it holds no examples: give at least one");
  const weighted = batch.sampleWeights !== undefined || classWeights !== undefined;
  const fed: Fed = new Map();
  const problem =
    feedInputs(batch.x, rules, size, fed) ??
    classesProblem(batch.classes, rules) ??
    feedLabels(given.right, rules, size, fed) ??
    (weighted ? feedWeights(batch.sampleWeights, rules, { size, classWeights, fed }) : undefined);
  return problem === undefined ? E.right({ size, weighted, inputs: fed }) : E.left(problem);
};

const feedInputs = (x: Batch["x"], rules: BatchRules, size: number, fed: Fed): SvertkaError | undefined => {
  const names = rules.inputs.map(({ name }) => name).join(", ");
  const bad = (where: string, sentence: string): SvertkaError => ({ tag: "BadData", where, message: sentence });
  if (isArray(x) && rules.inputs.length > 1)
    return bad(
      "x",
      `batch: the model has ${rules.inputs.length} inputs: give an array for each by its name (${names})`,
    );
  const given = namedArrays(x, rules.inputs);
  const stranger = Object.keys(given).find((name) => !rules.inputs.some((input) => input.name === name));
  if (stranger !== undefined)
    return bad(stranger, `batch: the model has no input '${stranger}': its inputs are ${names}`);
  for (const { name, shape } of rules.inputs) {
    const checked = checkShape(given[name], { name, dtype: "f32", shape: [size, ...shape] });
    if (E.isLeft(checked)) return checked.left;
    fed.set(name, checked.right);
  }
  return undefined;
};

/** Labels by output name: a single array belongs to the only output that has a loss. */
const namedLabels = (
  y: Batch["y"],
  { outputs, labels }: BatchRules,
): Either<SvertkaError, Readonly<Record<string, Labels>>> => {
  const learned = labels.map(({ output }) => output);
  if (isArray<Labels>(y))
    return learned.length === 1
      ? E.right({ [learned[0] ?? ""]: y })
      : fail(
          "BadData",
          "labels",
          `labels: ${learned.length} outputs have a loss: give labels for each by its name (${learned.join(", ")})`,
        );
  const stranger = Object.keys(y).find((name) => !outputs.includes(name));
  if (stranger !== undefined)
    return fail("BadData", "labels", noSuchOutput("labels", stranger, nearestName(stranger, outputs) ?? ""));
  const missing = learned.find((name) => y[name] === undefined);
  return missing === undefined
    ? E.right(y)
    : fail(
        "BadData",
        "labels",
        `labels: none are given for the output '${missing}': give them, or null in place of its loss`,
      );
};

/** Where several outputs are learned nobody could say whose classes are meant. */
const classesProblem = (given: number | undefined, { labels }: BatchRules): SvertkaError | undefined => {
  const needed = labels.length === 1 ? labels[0]?.classes : undefined;
  return given === undefined || needed === undefined || given === needed
    ? undefined
    : { tag: "BadData", where: "labels", message: otherClasses(String(given), String(needed)) };
};

const feedLabels = (
  given: Readonly<Record<string, Labels>>,
  { labels }: BatchRules,
  size: number,
  fed: Fed,
): SvertkaError | undefined => {
  for (const { output, fed: names, dtype, shape, classes } of labels) {
    const y = given[output];
    const wanted = { name: names.labels, dtype, shape: concreteShape(shape, size) };
    const checked = checkShape(y === undefined ? undefined : fittedLabels(y, wanted), wanted);
    if (E.isLeft(checked)) return checked.left;
    const wrong = wrongLabel(checked.right, classes);
    if (wrong !== undefined) return { tag: "BadData", where: shown(names.labels), message: wrong };
    fed.set(names.labels, checked.right);
  }
  return undefined;
};

interface Weighing {
  readonly size: number;
  readonly classWeights: ClassWeights | undefined;
  readonly fed: Fed;
}

const feedWeights = (
  given: Batch["sampleWeights"],
  { labels, outputs }: BatchRules,
  { size, classWeights, fed }: Weighing,
): SvertkaError | undefined => {
  const byName = given === undefined || isArray(given) ? undefined : given;
  const stranger = Object.keys(byName ?? {}).find((name) => !outputs.includes(name));
  if (stranger !== undefined)
    return {
      tag: "BadData",
      where: "sampleWeights",
      message: noSuchOutput("sampleWeights", stranger, nearestName(stranger, outputs) ?? ""),
    };
  for (const { output, fed: names } of labels) {
    const y = fed.get(names.labels);
    const own = given === undefined || isArray(given) ? given : (given[output] ?? ones(size));
    const weights = y === undefined ? E.right(ones(size)) : weightsOfExamples(y, classWeights, own);
    const checked = E.isLeft(weights)
      ? weights
      : checkShape(weights.right, { name: names.weights, dtype: "f32", shape: [size] });
    if (E.isLeft(checked)) return checked.left;
    fed.set(names.weights, checked.right);
  }
  return undefined;
};

const ones = (size: number): NdArray<"f32"> => f32([size], new Float32Array(size).fill(1));

const wrongLabel = (y: Labels, classes: number | undefined): string | undefined => {
  if (classes === undefined || y.dtype !== "i32") return undefined;
  const wrong = y.data.findIndex((label) => label < 0 || label >= classes);
  return wrong < 0
    ? undefined
    : `labels: example ${wrong} of the batch has the class ${y.data[wrong]}, the model has classes 0 to ${classes - 1}: mend the data or the last layer`;
};

interface Wanted {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** As in Keras an axis of 1 at the end is added or left out, and whole numbers are class numbers whatever their type. */
const fittedLabels = (y: Labels, { dtype, shape }: Wanted): Labels => {
  const sameButOne = [...y.shape, 1].join() === shape.join() || y.shape.join() === [...shape, 1].join();
  // Of another shape: said as it was given.
  if (!sameButOne && y.shape.join() !== shape.join()) return y;
  const view = sameButOne ? { ...y, shape } : y;
  if (view.dtype === dtype) return view;
  if (view.dtype === "i32") return f32(view.shape, Float32Array.from(view.data));
  return view.data.every(Number.isInteger) ? i32(view.shape, Int32Array.from(view.data)) : view;
};

/** The step's own inputs have a sign before their names that users never wrote. */
const shown = (name: string): string => name.replace(/^step:/, "");

const checkShape = (array: Labels | undefined, wanted: Wanted): Either<SvertkaError, Labels> => {
  const { dtype, shape } = wanted;
  const needed = `${dtype}[${shape.join(", ")}]`;
  const name = shown(wanted.name);
  if (array === undefined)
    return fail("BadData", name, `batch: nothing is given for the input '${name}': give ${needed}`);
  if (array.dtype !== dtype || array.shape.join() !== shape.join())
    return fail("BadData", name, otherArray(name, `${array.dtype}[${array.shape.join(", ")}]`, needed));
  const malformed = malformation(array, dtype);
  return malformed === undefined ? E.right(array) : fail("BadData", name, `batch: '${name}' ${malformed}`);
};
