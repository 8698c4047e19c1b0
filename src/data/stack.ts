/** Examples in one: arrays with an axis of examples before. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Example, ExampleBatch, Value } from "./dataset.js";
import { f32, zeros, type NdArray } from "./nd-array.js";

const isArray = (value: NonNullable<Value>): value is NdArray => "dtype" in value && "data" in value;

/** What differs from the first of them, if anything. */
const differing = (arrays: readonly NdArray[]): string | undefined => {
  const text = ({ dtype, shape }: NdArray): string => `${dtype}[${shape.join(", ")}]`;
  const [first] = arrays;
  const other = arrays.find((array) => first === undefined || text(array) !== text(first));
  return first === undefined || other === undefined
    ? undefined
    : `one example is ${text(first)}, another ${text(other)}: give all one size, as imageSize does`;
};

const stackedArrays = (arrays: readonly NdArray[]): Either<SvertkaError, NdArray> => {
  const [first] = arrays;
  const problem = differing(arrays);
  if (problem !== undefined || first === undefined)
    return fail("BadData", "batch", `batch: ${problem ?? "there are no examples"}`);
  const size = first.data.length;
  const all = zeros(first.dtype, [arrays.length, ...first.shape]);
  for (const [i, { data }] of arrays.entries()) all.data.set(data, i * size);
  return E.right(all);
};

const stackedValues = (values: readonly Value[]): Either<SvertkaError, Value> => {
  const [first] = values;
  const lacks = (what: string): Either<SvertkaError, never> =>
    fail("BadData", "batch", `batch: some examples have ${what}, others have not: give all of them the same`);
  if (values.some((value) => (value === undefined) !== (first === undefined))) return lacks("a label or an input");
  if (first === undefined) return E.right(undefined);
  if (isArray(first)) return stackedArrays(values.filter((value) => value !== undefined).filter(isArray));
  const named: Record<string, NdArray> = {};
  for (const name of Object.keys(first)) {
    const arrays = values.flatMap((value) => (value === undefined || isArray(value) ? [] : (value[name] ?? [])));
    if (arrays.length < values.length) return lacks(`an array '${name.slice(0, 40)}'`);
    const all = stackedArrays(arrays);
    if (E.isLeft(all)) return all;
    named[name] = all.right;
  }
  return E.right(named);
};

/** How many classes labels say that they are of. */
const classesOf = (y: Value): number | undefined =>
  y !== undefined && "classes" in y && typeof y.classes === "number" ? y.classes : undefined;

/** The examples as one batch; they must be of one shape. */
export const stacked = <X, Y>(examples: readonly Example<X, Y>[]): Either<SvertkaError, ExampleBatch<X, Y>> => {
  // Sound: X and Y are values; types do not bound them, so that functions of users need not say so.
  const values = examples as unknown as readonly Example[];
  const x = stackedValues(values.map((example) => example.x));
  if (E.isLeft(x)) return x;
  const y = stackedValues(values.map((example) => example.y));
  if (E.isLeft(y)) return y;
  const classes = classesOf(values[0]?.y);
  const weighted = values.some(({ weight }) => weight !== undefined);
  const batch = {
    x: x.right,
    y: y.right,
    ...(classes === undefined ? {} : { classes }),
    ...(weighted
      ? {
          sampleWeights: f32(
            [values.length],
            Float32Array.from(values, ({ weight = 1 }) => weight),
          ),
        }
      : {}),
  };
  return E.right(batch as unknown as ExampleBatch<X, Y>); // sound: Stacked says of X what stackedValues does
};

const joinedArrays = (arrays: readonly NdArray[], rows: number): NdArray => {
  const [first] = arrays;
  const all = zeros(first?.dtype ?? "f32", [rows, ...(first?.shape.slice(1) ?? [])]);
  let at = 0;
  for (const { data } of arrays) {
    const some = data.subarray(0, all.data.length - at);
    all.data.set(some, at);
    at += some.length;
  }
  return all;
};

const joinedValues = (values: readonly Value[], rows: number): Value => {
  const [first] = values;
  if (first === undefined || isArray(first))
    return first && joinedArrays(values.filter((value) => value !== undefined).filter(isArray), rows);
  return Object.fromEntries(
    Object.keys(first).map((name) => {
      const arrays = values.flatMap((value) => (value === undefined || isArray(value) ? [] : (value[name] ?? [])));
      return [name, joinedArrays(arrays, rows)];
    }),
  );
};

/** How many examples a batch holds. */
export const rowsIn = ({ x }: { readonly x: unknown }): number => {
  // Sound: a batch is arrays; its type does not bound them.
  const value = x as NonNullable<Value>;
  return (isArray(value) ? value : Object.values(value)[0])?.shape[0] ?? 0;
};

/** Batches one after the other as one, cut to so many examples. */
export const joined = <X, Y>(parts: readonly ExampleBatch<X, Y>[], most: number): ExampleBatch<X, Y> => {
  const rows = Math.min(
    most,
    parts.reduce((sum, part) => sum + rowsIn(part), 0),
  );
  const values = parts as unknown as readonly ExampleBatch[]; // sound as in `stacked`
  const [first] = parts;
  const weighted = values.some(({ sampleWeights }) => sampleWeights !== undefined);
  const weights = values.map((part): NdArray => {
    const count = rowsIn(part);
    return part.sampleWeights ?? f32([count], new Float32Array(count).fill(1));
  });
  const all = {
    x: joinedValues(
      values.map(({ x }) => x),
      rows,
    ),
    y: joinedValues(
      values.map(({ y }) => y),
      rows,
    ),
    ...(first?.classes === undefined ? {} : { classes: first.classes }),
    ...(weighted ? { sampleWeights: joinedArrays(weights, rows) } : {}),
  };
  return all as unknown as ExampleBatch<X, Y>;
};
