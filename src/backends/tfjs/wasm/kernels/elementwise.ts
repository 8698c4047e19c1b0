/** `elementwise`: any formula over broadcast inputs as one SIMD loop. Attribute `formula`; int32 inputs are read as float32 (exact to 2^24). */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../errors.js";
import type { Formula } from "../../../../formula/formula.js";
import { isFunctionName } from "../../../../formula/functions.js";
import { loopsOf } from "./elementwise/broadcast.js";
import { elementwiseKey, elementwiseModule, type Access } from "./elementwise/module.js";
import {
  addressOf,
  bytesOf,
  compile,
  makeOutput,
  sizeOf,
  withScratch,
  type KernelCall,
  type OwnKernel,
} from "./kernel.js";

const isFormula = (value: unknown): value is Formula =>
  typeof value === "number" || typeof value === "string" || (Array.isArray(value) && isFunctionName(value[0]));

const dtypeOf = ({ dtype }: TensorInfo): Access["dtype"] => {
  invariant(dtype === "float32" || dtype === "int32", `elementwise takes float32 and int32, not ${dtype}`);
  return dtype;
};

/** Rows shorter than this are joined: loops over a few elements are all overhead. */
const shortRow = 64;

/** One call of the function: rows × columns elements. Steps are in elements. */
interface Block {
  readonly rows: number;
  readonly columns: number;
  readonly out: number;
  readonly inputs: readonly { readonly address: number; readonly rowStep: number; readonly columnStep: number }[];
}

const runBlock = (call: KernelCall, { rows, columns, out, inputs }: Block): void => {
  const { formula } = call.attributes;
  invariant(isFormula(formula), "attribute formula is a formula");
  const source = {
    formula,
    output: call.output.dtype,
    inputs: inputs.map(({ columnStep }, index): Access => {
      const tensor = call.inputs[index];
      invariant(tensor, "an address for each input");
      return { kind: columnStep === 0 ? "value" : "row", dtype: dtypeOf(tensor) };
    }),
  };
  const run = compile(call.backend, elementwiseKey(source), () => elementwiseModule(source));
  run(rows, 4 * columns, out, ...inputs.flatMap(({ address, rowStep }) => [address, 4 * rowStep]));
};

/** Whether each row could be part of a longer one: no input has one value per row, so a row repeats or goes on. */
const joinable = ({ rows, columns, inputs }: Block): boolean =>
  columns < shortRow && rows >= 4 && inputs.every(({ rowStep, columnStep }) => rowStep === 0 || columnStep !== 0);

/** Joins `factor` rows into one; inputs that repeat with each row (a bias) are written out `factor` times first. */
const runJoined = (call: KernelCall, block: Block): void => {
  const factor = Math.min(block.rows, Math.ceil(shortRow / block.columns));
  const period = block.columns * factor;
  const repeats = block.inputs.filter(({ rowStep, columnStep }) => rowStep === 0 && columnStep !== 0);
  withScratch(call.backend, repeats.length * period, (scratch) => {
    const heap = bytesOf(call.backend);
    const inputs = block.inputs.map((input) => {
      if (input.columnStep === 0) return input;
      if (input.rowStep !== 0) return { ...input, rowStep: period };
      const copy = scratch + 4 * period * repeats.indexOf(input);
      for (let row = 0; row < factor; row++)
        heap.copyWithin(copy + 4 * row * block.columns, input.address, input.address + 4 * block.columns);
      return { ...input, address: copy };
    });
    const rows = Math.floor(block.rows / factor);
    runBlock(call, { rows, columns: period, out: block.out, inputs });
    const left = block.rows - rows * factor;
    if (left === 0) return;
    const done = 4 * rows * period;
    const rest = inputs.map((input) => (input.rowStep === 0 ? input : { ...input, address: input.address + done }));
    runBlock(call, { rows: 1, columns: left * block.columns, out: block.out + done, inputs: rest });
  });
};

/** Walks the loops outside the two innermost ones. */
const runLoops = (call: KernelCall, output: TensorInfo): void => {
  const { sizes, steps } = loopsOf(
    call.inputs.map(({ shape }) => shape),
    call.output.shape,
  );
  const columns = sizes.at(-1) ?? 1;
  const rows = sizes.at(-2) ?? 1;
  const outer = sizes.slice(0, -2);
  const bases = call.inputs.map((input) => addressOf(call.backend, input));
  const out = addressOf(call.backend, output);
  for (let index = 0; index < sizeOf(outer); index++) {
    let rest = index;
    const at = outer.map(() => 0);
    for (let loop = outer.length - 1; loop >= 0; loop--) {
      const size = outer[loop] ?? 1;
      at[loop] = rest % size;
      rest = Math.floor(rest / size);
    }
    const inputs = steps.map((own, input) => ({
      address: (bases[input] ?? 0) + 4 * at.reduce((sum, position, loop) => sum + position * (own[loop] ?? 0), 0),
      rowStep: own.at(-2) ?? 0,
      columnStep: own.at(-1) ?? 0,
    }));
    const block = { rows, columns, out: out + 4 * index * rows * columns, inputs };
    if (joinable(block)) runJoined(call, block);
    else runBlock(call, block);
  }
};

export const elementwise: OwnKernel = {
  name: "elementwise",
  run: (call) => {
    const output = makeOutput(call.backend, call.output);
    if (sizeOf(call.output.shape) > 0) runLoops(call, output);
    return output;
  },
};
