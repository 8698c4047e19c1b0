/** The oracle of every elementwise operator, derived from its formula. */
import { evaluateInto } from "../formula/evaluate.js";
import type { Formula } from "../formula/formula.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { ReferenceTensor } from "./operator.js";

/** Evaluates the formula at each element of the output, in float64; inputs are broadcast as NumPy does. */
export const runFormula = (formula: Formula, inputs: readonly ReferenceTensor[], output: ReferenceTensor): void =>
  evaluateInto(
    formula,
    inputs.map((input) => stretched(input, output)),
    output.data,
  );

/** The input's numbers, one for each element of the output, or a single one for all. */
const stretched = ({ shape, data }: ReferenceTensor, output: ReferenceTensor): Float64Array => {
  if (data.length === output.data.length || data.length === 1) return data;
  const copy = new Float64Array(output.data.length);
  forEachPosition(output.shape, (flat, position) => {
    copy[flat] = data[flatIndex(shape, alignedPosition(shape, position))] ?? Number.NaN;
  });
  return copy;
};

const alignedPosition = (shape: readonly number[], position: readonly number[]): readonly number[] => {
  const offset = position.length - shape.length;
  return shape.map((size, axis) => (size === 1 ? 0 : (position[axis + offset] ?? 0)));
};
