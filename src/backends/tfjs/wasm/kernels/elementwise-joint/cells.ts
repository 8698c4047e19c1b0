/** Which formulas of a joint call are computed together, tensor by tensor, and which tensors by the same function. */
import { substitute, variable, type Formula } from "../../../../../formula/formula.js";
import type { Access } from "../elementwise/module.js";
import { cellKey, type CellSource } from "./module.js";

export interface Member {
  readonly formula: Formula;
  readonly inputs: readonly number[];
}

export interface Tensor {
  readonly size: number;
  readonly dtype: "float32" | "int32";
}

/** Formulas over the same tensors: one weight with its slots and its gradient. */
export interface Cell {
  readonly size: number;
  /** The places of the results among the call's. */
  readonly members: readonly number[];
  /** The places of the inputs among the call's. */
  readonly inputs: readonly number[];
}

export interface Batch {
  readonly source: CellSource;
  readonly cells: readonly Cell[];
}

/** More results or inputs than these are another cell: each is an address in a register. */
const maximalMembers = 6;
const maximalInputs = 16;

interface Growing {
  readonly size: number;
  readonly members: number[];
  readonly inputs: Set<number>;
}

/** Members of a size that read a tensor of that size in common are one cell. */
const cellsOf = (
  members: readonly Member[],
  outputs: readonly number[],
  inputs: readonly Tensor[],
): readonly Cell[] => {
  const cells: Growing[] = [];
  /** By input, the last cell in which it is read as a whole. */
  const lastReader = new Map<number, Growing>();
  members.forEach((member, index) => {
    const size = outputs[index] ?? 1;
    const whole = member.inputs.filter((input) => inputs[input]?.size === size);
    const cell = whole
      .map((input) => lastReader.get(input))
      .find(
        (one) =>
          one !== undefined &&
          one.size === size &&
          one.members.length < maximalMembers &&
          new Set([...one.inputs, ...member.inputs]).size <= maximalInputs,
      );
    const own = cell ?? { size, members: [], inputs: new Set<number>() };
    if (cell === undefined) cells.push(own);
    own.members.push(index);
    for (const input of member.inputs) own.inputs.add(input);
    for (const input of whole) lastReader.set(input, own);
  });
  return cells.map((cell) => ({ ...cell, inputs: [...cell.inputs] }));
};

/** The cells of a call by the function that computes them. */
export const batchesOf = (
  members: readonly Member[],
  outputs: readonly number[],
  inputs: readonly Tensor[],
): readonly Batch[] => {
  const batches = new Map<string, { readonly source: CellSource; readonly cells: Cell[] }>();
  for (const cell of cellsOf(members, outputs, inputs)) {
    const source: CellSource = {
      formulas: cell.members.map((member) => {
        const { formula = 0, inputs: own = [] } = members[member] ?? {};
        return substitute(formula, (name) => variable(cell.inputs.indexOf(own[Number(name.slice(1))] ?? -1)));
      }),
      inputs: cell.inputs.map((input): Access => {
        const { size, dtype } = inputs[input] ?? { size: 1, dtype: "float32" };
        return { kind: size === cell.size ? "row" : "value", dtype };
      }),
    };
    const key = cellKey(source);
    const batch = batches.get(key) ?? { source, cells: [] };
    batches.set(key, batch);
    batch.cells.push(cell);
  }
  return [...batches.values()];
};
