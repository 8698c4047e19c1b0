/** The oracle of every elementwise operator, derived from its formula. */
import { evaluator } from "../formula/evaluate.js";
import type { Formula } from "../formula/formula.js";
import { flatIndex, forEachPosition } from "./index-arithmetic.js";
import type { ReferenceTensor } from "./operator.js";

/** Evaluates the formula at each element of the output, in float64; inputs are broadcast as NumPy does. */
export const runFormula = (formula: Formula, inputs: readonly ReferenceTensor[], output: ReferenceTensor): void => {
  const value = evaluator(formula);
  const size = output.data.length;
  if (inputs.every(({ data }) => data.length === size || data.length === 1)) {
    const xs = inputs.map(({ data }) => data[0] ?? Number.NaN);
    for (let flat = 0; flat < size; flat++) {
      inputs.forEach(({ data }, i) => (xs[i] = data[data.length === 1 ? 0 : flat] ?? Number.NaN));
      output.data[flat] = value(xs, Number.NaN);
    }
    return;
  }
  forEachPosition(output.shape, (flat, position) => {
    const xs = inputs.map(({ data, shape }) => data[flatIndex(shape, alignedPosition(shape, position))] ?? Number.NaN);
    output.data[flat] = value(xs, Number.NaN);
  });
};

const alignedPosition = (shape: readonly number[], position: readonly number[]): readonly number[] => {
  const offset = position.length - shape.length;
  return shape.map((size, axis) => (size === 1 ? 0 : (position[axis + offset] ?? 0)));
};
