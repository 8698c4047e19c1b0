/** NumPy broadcasting as loops: neighbouring axes in which every input behaves alike become one, so that most calls end with one or two. */
import { invariant } from "../../../../../errors.js";

export interface Loops {
  /** Sizes of the loops, outermost first; at least one. */
  readonly sizes: readonly number[];
  /** For each input the step in elements that each loop makes in it: 0 where it is broadcast. */
  readonly steps: readonly (readonly number[])[];
}

/** Whether an input advances along an axis of the output. Axes of size 1 count as advancing or not, as suits the neighbours. */
const advances = (input: readonly number[], output: readonly number[], axis: number): boolean => {
  const size = input[axis - output.length + input.length] ?? 1;
  invariant(size === 1 || size === output[axis], `shape [${input.join()}] broadcasts to [${output.join()}]`);
  return size !== 1;
};

/** The loops over `output` for inputs of the given shapes. */
export const loopsOf = (inputs: readonly (readonly number[])[], output: readonly number[]): Loops => {
  const groups: { size: number; readonly moves: readonly boolean[] }[] = [];
  output.forEach((size, axis) => {
    const moves = inputs.map((input) => advances(input, output, axis));
    if (size === 1) return;
    const last = groups.at(-1);
    if (last !== undefined && last.moves.every((move, i) => move === moves[i])) last.size *= size;
    else groups.push({ size, moves });
  });
  if (groups.length === 0) groups.push({ size: 1, moves: inputs.map(() => false) });
  const steps = inputs.map((_, input) => {
    let extent = 1;
    return groups
      .toReversed()
      .map(({ size, moves }) => {
        const step = moves[input] === true ? extent : 0;
        if (step !== 0) extent *= size;
        return step;
      })
      .toReversed();
  });
  return { sizes: groups.map(({ size }) => size), steps };
};
