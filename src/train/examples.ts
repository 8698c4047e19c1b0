/** Examples: inputs with labels, and with weights where there are any; batches are cut from them. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { checkFinite, type NdArray } from "../data/nd-array.js";
import { gatherRows, sliceRows, type Rows } from "../data/rows.js";
import { isArray } from "../run/named-arrays.js";
import type { Batch, Labels } from "./batch.js";

/** Examples with labels: a batch as large as one likes, from which others are cut. */
export type Examples = Batch;

type OneOrNamed<A extends NdArray> = A | Readonly<Record<string, A>>;

const arraysOf = <A extends NdArray>(given: OneOrNamed<A>): readonly A[] => {
  if (isArray(given)) return [given];
  // Sound: what is no array is arrays by name; types do not narrow to it, A being open.
  return Object.values(given as Readonly<Record<string, A>>);
};

/** How many there are; 0 where nothing is given. */
export const countOf = ({ y }: Examples): number => arraysOf<Labels>(y)[0]?.shape[0] ?? 0;

/** What progress counts: pictures where an input holds some. */
export const unitOf = ({ x }: Examples): "images" | "examples" =>
  arraysOf<NdArray<"f32">>(x).some(({ shape }) => shape.length === 4) ? "images" : "examples";

/** As {@link checkCounts}, and all inputs are numbers. */
export const checkExamples = (data: Examples, name: string): Either<SvertkaError, void> => {
  const counted = checkCounts(data, name);
  if (E.isLeft(counted)) return counted;
  for (const array of arraysOf<NdArray<"f32">>(data.x)) {
    const finite = checkFinite(array, name);
    if (E.isLeft(finite)) return finite;
  }
  return E.right(undefined);
};

/** Whether there are examples, each with its inputs, labels and weights: no batch can be cut from others. */
export const checkCounts = (data: Examples, name: string): Either<SvertkaError, void> => {
  const { x, y, sampleWeights = {} } = data;
  const count = countOf(data);
  if (count === 0) return fail("BadData", name, `${name}: there are no examples: give at least one`);
  const labels = differing(y, count);
  if (labels !== undefined)
    return fail(
      "BadData",
      name,
      `${name}: ${count} labels and ${labels.count} for '${labels.name}': give each output a label per example`,
    );
  const inputs = differing(x, count);
  if (inputs !== undefined)
    return fail(
      "BadData",
      name,
      `${name}: ${inputs.count} inputs${inputs.name === "" ? "" : ` '${inputs.name}'`} and ${count} labels: give one label per input`,
    );
  const weights = arraysOf<NdArray<"f32">>(sampleWeights).find(({ shape }) => shape.join() !== String(count));
  if (weights !== undefined)
    return fail(
      "BadData",
      name,
      `${name}: sampleWeights is [${weights.shape.join(", ")}] for ${count} examples: give one weight per example`,
    );
  return E.right(undefined);
};

/** The first array that holds another number of examples; a lone array has no name. */
const differing = (
  given: OneOrNamed<NdArray>,
  count: number,
): { readonly name: string; readonly count: number | undefined } | undefined => {
  const named: readonly (readonly [string, NdArray])[] = isArray(given) ? [["", given]] : Object.entries(given);
  const [name, array] = named.find(([, { shape }]) => shape[0] !== count) ?? [];
  return name === undefined ? undefined : { name, count: array?.shape[0] };
};

const each = <A extends NdArray>(given: OneOrNamed<A>, rows: (array: A) => A): OneOrNamed<A> => {
  if (isArray(given)) return rows(given);
  const named = given as Readonly<Record<string, A>>; // sound as above
  return Object.fromEntries(Object.entries(named).map(([name, array]) => [name, rows(array)]));
};

const mapped = (
  { x, y, sampleWeights, classes }: Examples,
  rows: <A extends NdArray>(array: A) => Rows<A>,
): Examples => ({
  x: each<NdArray<"f32">>(x, rows),
  y: each<Labels>(y, rows),
  ...(classes === undefined ? {} : { classes }),
  ...(sampleWeights === undefined ? {} : { sampleWeights: each<NdArray<"f32">>(sampleWeights, rows) }),
});

export const sliceExamples = (data: Examples, start: number, end: number): Examples =>
  mapped(data, (array) => sliceRows(array, start, end));

export const gatherExamples = (data: Examples, rows: ArrayLike<number>): Examples =>
  mapped(data, (array) => gatherRows(array, rows));
