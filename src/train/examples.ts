/** Examples: inputs with labels, and with weights where there are any; batches are cut from them. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { checkFinite, type NdArray } from "../data/nd-array.js";
import { gatherRows, sliceRows } from "../data/rows.js";
import type { Batch } from "./batch.js";

/** Examples with labels: what a batch is cut from. */
export interface Examples {
  readonly x: NdArray<"f32">;
  readonly y: NdArray<"f32"> | NdArray<"i32">;
  /** f32[examples]: how much the loss of each counts. */
  readonly sampleWeights?: NdArray<"f32"> | undefined;
}

export const countOf = ({ y }: Examples): number => y.shape[0] ?? 0;

/** Whether there are examples, each with one label and one weight, and all inputs are numbers. */
export const checkExamples = (data: Examples, name: string): Either<SvertkaError, void> => {
  const { x, y, sampleWeights } = data;
  if (countOf(data) === 0) return fail("BadData", name, `${name}: there are no examples: give at least one`);
  if (x.shape[0] !== y.shape[0])
    return fail("BadData", name, `${name}: ${x.shape[0]} inputs and ${y.shape[0]} labels: give one label per input`);
  if (sampleWeights !== undefined && sampleWeights.shape.join() !== String(countOf(data)))
    return fail(
      "BadData",
      name,
      `${name}: sampleWeights is [${sampleWeights.shape.join(", ")}] for ${countOf(data)} examples: give one weight per example`,
    );
  const finite = checkFinite(x, name);
  return E.isLeft(finite) ? finite : E.right(undefined);
};

const mapped = ({ x, y, sampleWeights }: Examples, rows: <A extends NdArray>(array: A) => A): Examples & Batch => ({
  x: rows(x),
  y: rows(y),
  ...(sampleWeights === undefined ? {} : { sampleWeights: rows(sampleWeights) }),
});

export const sliceExamples = (data: Examples, start: number, end: number): Examples & Batch =>
  mapped(data, (array) => sliceRows(array, start, end));

export const gatherExamples = (data: Examples, rows: ArrayLike<number>): Examples & Batch =>
  mapped(data, (array) => gatherRows(array, rows));
