/** What a predictor is given, looked at before anything runs: names, shapes, element types, and numbers where that is asked for. */
import { fail, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { malformation, nonFinite } from "../data/nd-array.js";
import type { Dim, Shape } from "../shape/shape.js";
import { dimText } from "../shape/text.js";
import type { GraphFamily } from "./graph-family.js";
import type { Arrays } from "./named-arrays.js";

export interface InputRules {
  readonly inputs: GraphFamily["inputs"];
  /** Whether NaN and infinite values are refused. */
  readonly finite: boolean;
}

/** The number of examples, the same for all inputs; unknown axes may be of any size. */
export const checkInputs = (given: Arrays, { inputs, finite }: InputRules): Either<SvertkaError, number> => {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined)
    return fail(
      "BadData",
      unknown,
      `predict: the model has no input '${unknown}': its inputs are ${inputs.map((input) => input.name).join(", ")}`,
    );
  let count: number | undefined;
  for (const { name, shape, first } of inputs) {
    const array = given[name];
    if (array === undefined)
      return fail(
        "BadData",
        name,
        `predict: nothing is given for the input '${name}': give an array ${batchText(shape, first)}`,
      );
    const [n = 0, ...rest] = array.shape;
    if (
      array.shape.length === 0 ||
      !Number.isSafeInteger(n) ||
      (first !== undefined && n !== first) ||
      rest.length !== shape.length ||
      !rest.every((dim, axis) => isSize(dim, shape[axis]))
    )
      return fail(
        "BadData",
        name,
        `predict: '${name}' is [${array.shape.join(", ")}], the model needs ${batchText(shape, first)}: give data of that shape`,
      );
    const malformed = malformation(array);
    if (malformed !== undefined) return fail("BadData", name, `predict: '${name}' ${malformed}`);
    if (n === 0) return fail("BadData", name, `predict: '${name}' holds no examples: give at least one`);
    const wild = finite ? nonFinite(array) : undefined;
    if (wild !== undefined) return fail("BadData", name, `predict: '${name.slice(-40)}' ${wild}`);
    // An axis that a file fixes is no batch.
    if (first !== undefined) continue;
    if (count !== undefined && count !== n)
      return fail(
        "BadData",
        name,
        `predict: '${name}' holds ${n} examples, another input ${count}: give the same number for all`,
      );
    count = n;
  }
  return E.right(count ?? 1);
};

/** Whether an axis of data is what the model says of it. */
const isSize = (dim: number, needed: Dim | undefined): boolean => (needed === null ? dim > 0 : dim === needed);

/** `[n, ?, ?, 3]`. */
const batchText = (shape: Shape, first: number | undefined): string =>
  `[${[first ?? "n", ...shape.map(dimText)].join(", ")}]`;
