/** Checks of batches before anything runs: shapes, label classes, weights of examples. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { concreteShape, type DataType, type Dims } from "../compiler/ir/type.js";
import { f32, i32, malformation, type NdArray } from "../data/nd-array.js";
import { weightsOfExamples, type ClassWeights } from "./class-weights.js";
import { labelsName, sampleWeightsName } from "./objective.js";
import { namedArrays } from "../run/named-arrays.js";

/** Inputs by name (a single array for a model of one input), labels, and a weight per example if there are any. */
export interface Batch {
  readonly x: NdArray<"f32"> | Readonly<Record<string, NdArray<"f32">>>;
  readonly y: NdArray<"f32"> | NdArray<"i32">;
  /** f32[n]: the loss of each example is multiplied by it. */
  readonly sampleWeights?: NdArray<"f32"> | undefined;
}

export interface BatchRules {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly labels: { readonly dtype: DataType; readonly shape: Dims };
  /** The number of classes, where labels are class numbers. */
  readonly classes: number | undefined;
}

export interface CheckedBatch {
  readonly size: number;
  readonly weighted: boolean;
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
}

type Labels = NdArray<"f32"> | NdArray<"i32">;

/** The batch as a step takes it; class weights are folded into the weights of its examples. */
export const checkBatch = (
  { x, y, sampleWeights }: Batch,
  rules: BatchRules,
  classWeights: ClassWeights | undefined,
): Either<SvertkaError, CheckedBatch> => {
  const given = namedArrays(x, rules.inputs);
  const size = y.shape[0] ?? 0;
  if (size === 0) return fail("BadData", "labels", "batch: it holds no examples: give at least one");
  const fed = new Map<string, Labels>();
  for (const { name, shape } of rules.inputs) {
    const checked = checkShape(given[name], { name, dtype: "f32", shape: [size, ...shape] });
    if (E.isLeft(checked)) return checked;
    fed.set(name, checked.right);
  }
  const wanted = { name: labelsName, dtype: rules.labels.dtype, shape: concreteShape(rules.labels.shape, size) };
  const labels = checkShape(fittedLabels(y, wanted), wanted);
  if (E.isLeft(labels)) return labels;
  const wrong = wrongLabel(labels.right, rules.classes);
  if (wrong !== undefined) return fail("BadData", "labels", wrong);
  fed.set(labelsName, labels.right);
  if (sampleWeights === undefined && classWeights === undefined) return E.right({ size, weighted: false, inputs: fed });
  const weights = weightsOfExamples(labels.right, classWeights, sampleWeights);
  const checked = E.isLeft(weights)
    ? weights
    : checkShape(weights.right, { name: sampleWeightsName, dtype: "f32", shape: [size] });
  return E.isLeft(checked)
    ? checked
    : E.right({ size, weighted: true, inputs: fed.set(sampleWeightsName, checked.right) });
};

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
  const view = sameButOne ? { ...y, shape } : y;
  if (view.dtype === dtype) return view;
  if (view.dtype === "i32") return f32(view.shape, Float32Array.from(view.data));
  return view.data.every(Number.isInteger) ? i32(view.shape, Int32Array.from(view.data)) : view;
};

const checkShape = (array: Labels | undefined, { name, dtype, shape }: Wanted): Either<SvertkaError, Labels> => {
  const wanted = `${dtype}[${shape.join(", ")}]`;
  // The step's own inputs have a sign before their names that users never wrote.
  const shown = name.replace(/^step:/, "");
  if (array === undefined)
    return fail("BadData", shown, `batch: nothing is given for the input '${shown}': give ${wanted}`);
  if (array.dtype !== dtype || array.shape.join() !== shape.join())
    return fail(
      "BadData",
      shown,
      `batch: '${shown}' is ${array.dtype}[${array.shape.join(", ")}], the model needs ${wanted}: give data of that shape`,
    );
  const malformed = malformation(array, dtype);
  return malformed === undefined ? E.right(array) : fail("BadData", shown, `batch: '${shown}' ${malformed}`);
};
