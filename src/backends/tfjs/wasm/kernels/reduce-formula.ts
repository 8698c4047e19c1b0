/**
 * `reduceFormula`: a formula over broadcast inputs, folded along axes, as one SIMD loop that stores nothing between.
 * Attributes by, formula, axes, keepDims.
 *
 * Sums run over blocks of about √rows rows, then over the blocks: the rounding error grows with 2 √rows, not with rows.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import { broadcastShapes } from "../../../../ops/broadcast.js";
import type { Callable } from "../assembler/index.js";
import { loopsOf } from "./elementwise/broadcast.js";
import { addressOf, bytesOf, compile, makeOutput, planner, sizeOf, type KernelCall, type OwnKernel } from "./kernel.js";
import { columnsModule } from "./reduce-formula/columns.js";
import { rowsModule } from "./reduce-formula/rows.js";
import { neutral, reductionKey, type Member, type ReductionSource } from "./reduce-formula/source.js";

/** Sums of longer rows are made of parts. */
const longRow = 1024;

interface Moves {
  /** Steps in elements along the outer loops, along the rows, and whether it moves along the columns. */
  readonly outer: readonly number[];
  readonly row: number;
  readonly column: number;
}

export interface ReductionPlan {
  readonly run: Callable;
  readonly kept: ReductionSource["kept"];
  readonly outer: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly inputs: readonly Moves[];
  readonly output: Moves;
  readonly members: readonly (Member & { readonly divisor: number })[];
}

export interface Folds {
  readonly members: readonly { readonly by: "sum" | "mean" | "max"; readonly formula: unknown }[];
  readonly axes: readonly number[];
}

const dtypeOf = (dtype: string): "float32" | "int32" => {
  invariant(dtype === "float32" || dtype === "int32", `reduceFormula takes float32 and int32, not ${dtype}`);
  return dtype;
};

/** How folds over inputs of these shapes run. */
export const planReduction = (
  { backend, inputs }: Pick<KernelCall, "backend" | "inputs">,
  folds: Folds,
): ReductionPlan => {
  const whole = (broadcastShapes(inputs.map(({ shape }) => shape)) ?? []).map(Number);
  const kept = whole.map((size, axis) => (folds.axes.includes(axis) ? 1 : size));
  const { sizes, steps } = loopsOf([...inputs.map(({ shape }) => shape), kept], whole);
  const keepsColumns = (steps.at(-1)?.at(-1) ?? 0) !== 0 || sizes.every((size) => size === 1);
  const rowsAreFolded = (steps.at(-1)?.at(-2) ?? 1) === 0;
  // Kept columns of kept rows: each row is folded alone, that is, with what its outer loops fold.
  const hasRows = sizes.length > 1 && (!keepsColumns || rowsAreFolded);
  const moves = (own: readonly number[]): Moves => ({
    outer: own.slice(0, hasRows ? -2 : -1),
    row: hasRows ? (own.at(-2) ?? 0) : 0,
    column: own.at(-1) ?? 0,
  });
  const movements = steps.slice(0, -1).map(moves);
  const divisor = folds.axes.reduce((product, axis) => product * (whole[axis] ?? 1), 1);
  const members = folds.members.map(({ by, formula }) => {
    invariant(isFormula(formula), "attribute formula is a formula");
    return { by: by === "max" ? by : ("sum" as const), formula, divisor: by === "mean" ? divisor : 1 };
  });
  const source: ReductionSource = {
    kept: keepsColumns ? "columns" : "rows",
    members: members.map(({ by, formula }) => ({ by, formula })),
    inputs: inputs.map(({ dtype }, index) => ({
      byRow: movements[index]?.row !== 0,
      byColumn: movements[index]?.column !== 0,
      dtype: dtypeOf(dtype),
    })),
  };
  return {
    run: compile(backend, reductionKey(source), () => (keepsColumns ? columnsModule(source) : rowsModule(source))),
    kept: source.kept,
    outer: sizes.slice(0, hasRows ? -2 : -1),
    rows: hasRows ? (sizes.at(-2) ?? 1) : 1,
    columns: sizes.at(-1) ?? 1,
    inputs: movements,
    output: moves(steps.at(-1) ?? []),
    members,
  };
};

/** Calls `visit` with each place of the outer loops. */
const eachPlace = (sizes: readonly number[], visit: (place: readonly number[]) => void): void => {
  const place = sizes.map(() => 0);
  for (let left = sizeOf(sizes); left > 0; left--) {
    visit(place);
    for (let loop = sizes.length - 1; loop >= 0; loop--) {
      const next = (place[loop] ?? 0) + 1;
      place[loop] = next === sizes[loop] ? 0 : next;
      if (next !== sizes[loop]) break;
    }
  }
};

const offsetAt = (place: readonly number[], { outer }: Moves): number =>
  4 * place.reduce((sum, at, loop) => sum + at * (outer[loop] ?? 0), 0);

/** Folds one block of rows × columns into `outs`. */
const runBlock = (plan: ReductionPlan, outs: readonly number[], from: readonly number[]): void => {
  const { run, rows, columns, inputs, output } = plan;
  const steps = inputs.map(({ row }) => 4 * row);
  if (plan.kept === "columns") {
    const block = Math.max(64, Math.ceil(Math.sqrt(rows)));
    for (let row = 0; row < rows; row += block) {
      const places = from.flatMap((start, i) => [start + row * (steps[i] ?? 0), steps[i] ?? 0]);
      run(Math.min(block, rows - row), 4 * columns, ...outs, ...places);
    }
    return;
  }
  for (let column = 0; column < columns; column += longRow) {
    const places = from.flatMap((start, i) => [start + 4 * column * (inputs[i]?.column ?? 0), steps[i] ?? 0]);
    run(rows, 4 * Math.min(longRow, columns - column), 4 * output.row, ...outs, ...places);
  }
};

/** Runs a plan into results that begin at `outs` and have `size` elements each. */
export const runReduction = (
  backend: BackendWasm,
  plan: ReductionPlan,
  bases: readonly number[],
  { outs, size }: { readonly outs: readonly number[]; readonly size: number },
): void => {
  const floats = (at: number): Float32Array => new Float32Array(bytesOf(backend).buffer, at, size);
  plan.members.forEach(({ by }, member) => floats(outs[member] ?? 0).fill(neutral(by)));
  if (plan.rows > 0 && plan.columns > 0)
    eachPlace(plan.outer, (place) => {
      const shift = offsetAt(place, plan.output);
      runBlock(
        plan,
        outs.map((out) => out + shift),
        bases.map((base, i) => base + offsetAt(place, plan.inputs[i] ?? plan.output)),
      );
    });
  plan.members.forEach(({ divisor }, member) => {
    if (divisor === 1) return;
    const sums = floats(outs[member] ?? 0);
    for (let i = 0; i < size; i++) sums[i] = (sums[i] ?? 0) / divisor;
  });
};

const isAxes = (value: unknown): value is readonly number[] => Array.isArray(value);
const isBy = (value: unknown): value is "sum" | "mean" | "max" =>
  value === "sum" || value === "mean" || value === "max";

const planOf = planner((call): ReductionPlan => {
  const { by, formula, axes } = call.attributes;
  invariant(isBy(by) && isAxes(axes), "attributes by and axes of a reduction");
  return planReduction(call, { members: [{ by, formula }], axes });
});

export const reduceFormula: OwnKernel = {
  name: "reduceFormula",
  written: (call) => [planOf(call).run],
  run: (call) => {
    const { backend } = call;
    const output = makeOutput(backend, call.output);
    const size = sizeOf(call.output.shape);
    if (size === 0) return output;
    const plan = planOf(call);
    const bases = call.inputs.map((input) => addressOf(backend, input));
    runReduction(backend, plan, bases, { outs: [addressOf(backend, output)], size });
    return output;
  },
};
