/** Which classes a net says, and which there are: numbers, checked against one another. */
import { fail, type SvertkaError } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { i32, type NdArray } from "../data/nd-array.js";

/** Whole class numbers, of labels as they come: integers, or floats that are whole. */
export const classNumbers = (labels: NdArray, where: string): Either<SvertkaError, NdArray<"i32">> => {
  const { shape, data } = labels;
  const isList = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!isList)
    return fail(
      "BadData",
      where,
      `labels: shape [${shape.slice(0, 6).join(", ")}], a class number for each example, [n], is needed: give these`,
    );
  const bad = data.findIndex((value) => !Number.isInteger(value) || value < 0 || value > 1e6);
  return bad < 0
    ? E.right(i32([data.length], Int32Array.from(data)))
    : fail(
        "BadData",
        where,
        `labels: label ${bad} is ${data[bad]}, whole numbers from 0 are needed: correct the labels`,
      );
};

/**
 * The class that each row of a net's output means: the greatest of `[n, classes]` (the first of equals), or of `[n, 1]`
 * whether it is at least `threshold`.
 */
export const predictedClasses = (
  outputs: NdArray<"f32">,
  where: string,
  threshold = 0.5,
): Either<SvertkaError, NdArray<"i32">> => {
  const [count = 0, classes = 1] = outputs.shape;
  if (outputs.shape.length !== 2 || classes < 1)
    return fail(
      "BadData",
      where,
      `predictions: shape [${outputs.shape.slice(0, 6).join(", ")}], a number for each class, [n, classes], is needed: give these`,
    );
  const bad = outputs.data.findIndex((value) => Number.isNaN(value));
  if (bad >= 0)
    return fail("BadData", where, `predictions: row ${Math.floor(bad / classes)} holds NaN: train again from before`);
  const said = Int32Array.from({ length: count }, (_, row) => {
    const values = outputs.data.subarray(row * classes, (row + 1) * classes);
    if (classes === 1) return (values[0] ?? 0) >= threshold ? 1 : 0;
    return values.reduce((best, value, at) => (value > (values[best] ?? 0) ? at : best), 0);
  });
  return E.right(i32([count], said));
};

export interface Classes {
  readonly count: number;
  readonly nameOf: (number: number) => string;
}

/** More are no picture. */
const mostClasses = 2000;

/** All classes, by their names or by the numbers that occur; a number that has no name is BadData. */
export const classesOf = (
  numbers: readonly NdArray<"i32">[],
  names: readonly string[] | undefined,
  where: string,
): Either<SvertkaError, Classes> => {
  const greatest = numbers.reduce((most, { data }) => data.reduce((a, b) => Math.max(a, b), most), -1);
  const count = names?.length ?? greatest + 1;
  if (greatest >= count)
    return fail(
      "BadData",
      where,
      `classes: class ${greatest} is out of range, ${count} names are given (0 to ${count - 1}): give a name for each, or correct the labels`,
    );
  if (count > mostClasses)
    return fail("BadData", where, `classes: ${count} of them, at most ${mostClasses} can be drawn: group them`);
  return E.right({ count, nameOf: (number) => names?.[number] ?? String(number) });
};

export interface LabelledClasses extends Classes {
  readonly actual: NdArray<"i32">;
  readonly predicted: NdArray<"i32">;
}

export interface ClassesRequest {
  readonly title: string;
  /** Class numbers `[n]`. */
  readonly actual: NdArray;
  /** Class numbers `[n]`, or a net's outputs `[n, classes]`. */
  readonly predicted: NdArray;
  readonly classNames?: readonly string[] | undefined;
}

/** What was true and what was said, one for each example. */
export const labelledClasses = ({
  title,
  actual,
  predicted,
  classNames,
}: ClassesRequest): Either<SvertkaError, LabelledClasses> =>
  pipe(
    E.Do,
    E.bind("actual", () => classNumbers(actual, title)),
    E.bind("predicted", () =>
      predicted.dtype === "f32" && predicted.shape.length === 2
        ? predictedClasses(predicted, title)
        : classNumbers(predicted, title),
    ),
    E.flatMap((both) => {
      const [labels, said] = [both.actual.data.length, both.predicted.data.length];
      if (labels !== said || labels === 0)
        return fail(
          "BadData",
          title,
          `classes: ${labels} labels and ${said} predictions: give as many of each, 1 or more`,
        );
      return pipe(
        classesOf([both.actual, both.predicted], classNames, title),
        E.map((classes) => ({ ...both, ...classes })),
      );
    }),
  );
