/** `elementwise`: any formula over broadcast inputs as one SIMD loop. Attribute `formula`; int32 inputs are read as float32 (exact to 2^24). */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { invariant } from "../../../../errors.js";
import type { Formula } from "../../../../formula/formula.js";
import { isFunctionName } from "../../../../formula/functions.js";
import type { Callable } from "../assembler/index.js";
import { loopsOf } from "./elementwise/broadcast.js";
import { elementwiseKey, elementwiseModule } from "./elementwise/module.js";
import { addressOf, bytesOf, compile, makeOutput, planner, sizeOf, withScratch, type OwnKernel } from "./kernel.js";

const isFormula = (value: unknown): value is Formula =>
  typeof value === "number" || typeof value === "string" || (Array.isArray(value) && isFunctionName(value[0]));

const dtypeOf = (dtype: string): "float32" | "int32" => {
  invariant(dtype === "float32" || dtype === "int32", `elementwise takes float32 and int32, not ${dtype}`);
  return dtype;
};

/** Rows shorter than this are joined: loops over a few elements are all overhead. */
const shortRow = 64;

/** How an input moves, in elements; a column step of 0 is one value for the whole row. */
interface Movement {
  readonly outer: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Blocks of rows × columns, one for each place of the outer loops. */
interface Plan {
  readonly run: Callable;
  readonly outer: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly inputs: readonly Movement[];
  /** This many rows are joined into one. */
  readonly joined: number;
}

const planOf = planner((call): Plan => {
  const { formula } = call.attributes;
  invariant(isFormula(formula), "attribute formula is a formula");
  const { sizes, steps } = loopsOf(
    call.inputs.map(({ shape }) => shape),
    call.output.shape,
  );
  const inputs = steps.map((own): Movement => ({
    outer: own.slice(0, -2),
    row: own.at(-2) ?? 0,
    column: own.at(-1) ?? 0,
  }));
  const source = {
    formula,
    output: call.output.dtype,
    inputs: call.inputs.map(({ dtype }, i) => ({
      kind: inputs[i]?.column === 0 ? ("value" as const) : ("row" as const),
      dtype: dtypeOf(dtype),
    })),
  };
  const rows = sizes.at(-2) ?? 1;
  const columns = sizes.at(-1) ?? 1;
  // A row can be part of a longer one if no input has one value per row: then each input repeats itself or goes on.
  const joinable = columns < shortRow && rows >= 4 && inputs.every(({ row, column }) => row === 0 || column !== 0);
  return {
    run: compile(call.backend, elementwiseKey(source), () => elementwiseModule(source)),
    outer: sizes.slice(0, -2),
    rows,
    columns,
    inputs,
    joined: joinable ? Math.min(rows, Math.ceil(shortRow / columns)) : 1,
  };
});

const repeats = ({ row, column }: Movement): boolean => row === 0 && column !== 0;

/** One block whose inputs begin at `from`. */
const runBlock = ({ run, rows, columns, inputs }: Plan, out: number, from: readonly number[]): void =>
  run(rows, 4 * columns, out, ...inputs.flatMap(({ row }, i) => [from[i] ?? 0, 4 * row]));

/** One block with joined rows; inputs that repeat with each row (a bias) are written out as often first. */
const runJoined = (backend: BackendWasm, plan: Plan, out: number, from: readonly number[]): void => {
  const { columns, joined, inputs } = plan;
  const period = columns * joined;
  withScratch(backend, inputs.filter(repeats).length * period, (scratch) => {
    const heap = bytesOf(backend);
    let copy = scratch;
    const starts = inputs.map((input, i) => {
      const start = from[i] ?? 0;
      if (!repeats(input)) return start;
      const place = copy;
      for (let row = 0; row < joined; row++) heap.copyWithin(place + 4 * row * columns, start, start + 4 * columns);
      copy += 4 * period;
      return place;
    });
    const rows = Math.floor(plan.rows / joined);
    const long = inputs.map((input) => ({ ...input, row: input.row === 0 ? 0 : period }));
    runBlock({ ...plan, rows, columns: period, inputs: long }, out, starts);
    const done = 4 * rows * period;
    const rest = starts.map((start, i) => (inputs[i]?.row === 0 ? start : start + done));
    const left = columns * (plan.rows - rows * joined);
    if (left > 0) runBlock({ ...plan, rows: 1, columns: left, inputs: long }, out + done, rest);
  });
};

/** Calls `visit` with the number of each place of the outer loops and the place. */
const eachPlace = (sizes: readonly number[], visit: (index: number, place: readonly number[]) => void): void => {
  const total = sizeOf(sizes);
  const place = sizes.map(() => 0);
  for (let index = 0; index < total; index++) {
    visit(index, place);
    for (let loop = sizes.length - 1; loop >= 0; loop--) {
      const next = (place[loop] ?? 0) + 1;
      place[loop] = next === sizes[loop] ? 0 : next;
      if (next !== sizes[loop]) break;
    }
  }
};

export const elementwise: OwnKernel = {
  name: "elementwise",
  written: (call) => [planOf(call).run],
  run: (call) => {
    const { backend } = call;
    const output = makeOutput(backend, call.output);
    if (sizeOf(call.output.shape) === 0) return output;
    const plan = planOf(call);
    const bases = call.inputs.map((input) => addressOf(backend, input));
    const out = addressOf(backend, output);
    const bytes = 4 * plan.rows * plan.columns;
    eachPlace(plan.outer, (index, place) => {
      const from = bases.map(
        (base, i) => base + 4 * place.reduce((sum, at, loop) => sum + at * (plan.inputs[i]?.outer[loop] ?? 0), 0),
      );
      if (plan.joined > 1) runJoined(backend, plan, out + index * bytes, from);
      else runBlock(plan, out + index * bytes, from);
    });
    return output;
  },
};
