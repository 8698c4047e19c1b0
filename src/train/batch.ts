/** Checks of batches before anything runs: shapes, label classes, numbers that are no numbers. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { concreteShape, type DataType, type Dims } from "../compiler/ir/type.js";
import type { NdArray } from "../data/nd-array.js";
import type { Batch } from "./trainer.js";
import { labelsName } from "./step-graph.js";

export interface BatchRules {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly labels: { readonly dtype: DataType; readonly shape: Dims };
  /** The number of classes, where labels are class numbers. */
  readonly classes: number | undefined;
}

export interface CheckedBatch {
  readonly size: number;
  readonly inputs: ReadonlyMap<string, NdArray<"f32"> | NdArray<"i32">>;
}

type Arrays = Readonly<Record<string, NdArray<"f32">>>;

const isArray = (x: Batch["x"]): x is NdArray<"f32"> => "dtype" in x && "data" in x;

/** Inputs by name: a single array belongs to the only input. */
export const namedInputs = (x: Batch["x"], inputs: BatchRules["inputs"]): Arrays => (isArray(x) ? { [inputs[0]?.name ?? "input"]: x } : x);

export const checkBatch = ({ x, y }: Batch, rules: BatchRules): Either<SvertkaError, CheckedBatch> => {
  const given = namedInputs(x, rules.inputs);
  const size = y.shape[0] ?? 0;
  if (size === 0) return fail("BadData", labelsName, "batch: it holds no examples: give at least one");
  const fed = new Map<string, NdArray<"f32"> | NdArray<"i32">>();
  for (const { name, shape } of rules.inputs) {
    const array = given[name];
    const checked = checkShape(array, { name, dtype: "f32", shape: [size, ...shape] });
    if (E.isLeft(checked)) return checked;
    fed.set(name, checked.right);
  }
  const labels = checkShape(y, { name: labelsName, dtype: rules.labels.dtype, shape: concreteShape(rules.labels.shape, size) });
  if (E.isLeft(labels)) return labels;
  const wrong = rules.classes === undefined || y.dtype !== "i32" ? -1 : y.data.findIndex((label) => label < 0 || label >= (rules.classes ?? 0));
  if (wrong >= 0)
    return fail("BadData", labelsName, `labels: example ${wrong} of the batch has the class ${y.data[wrong]}, the model has classes 0 to ${(rules.classes ?? 0) - 1}: mend the data or the last layer`);
  return E.right({ size, inputs: fed.set(labelsName, labels.right) });
};

interface Wanted {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

const checkShape = (array: NdArray<"f32"> | NdArray<"i32"> | undefined, { name, dtype, shape }: Wanted): Either<SvertkaError, NdArray<"f32"> | NdArray<"i32">> => {
  const wanted = `${dtype}[${shape.join(", ")}]`;
  if (array === undefined) return fail("BadData", name, `batch: nothing is given for the input '${name}': give ${wanted}`);
  if (array.dtype !== dtype || array.shape.join() !== shape.join())
    return fail("BadData", name, `batch: '${name}' is ${array.dtype}[${array.shape.join(", ")}], the model needs ${wanted}: give data of that shape`);
  return E.right(array);
};
