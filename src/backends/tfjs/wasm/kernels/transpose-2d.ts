/** `transpose2d`: swaps the last two axes of x[…, rows, columns], 4 × 4 elements at a time in registers. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import {
  countUp,
  i32,
  shuffle32,
  v128,
  wasmFunction,
  type Local,
  type Statement,
  type WasmFunction,
} from "../assembler/index.js";
import type { Callable } from "../assembler/index.js";
import { addressOf, compile, inputAt, makeOutput, sizeOf, type OwnKernel } from "./kernel.js";

/** Columns walked together: one cache line of the input, and as many lines of the output as a cache can keep open. */
const stripe = 16;

/**
 * Parameters: addresses, rows and columns of the input, bytes from row to row in the input and in the output.
 * Stripes of 16 columns go down all rows; edges that are no 4 × 4 block go one by one.
 */
const source = (): WasmFunction =>
  wasmFunction("transpose2d", ["from", "to", "rows", "columns", "fromStep", "toStep"], (parameters, locals) => {
    const { from, to, rows, columns, fromStep, toStep } = parameters;
    const int = (name: string): Local<"i32"> => locals.i32(name);
    const [wholeRows, wholeColumns] = [int("wholeRows"), int("wholeColumns")];
    const [first, end, i, j, at, target, last] = [
      int("first"),
      int("end"),
      int("i"),
      int("j"),
      int("at"),
      int("target"),
      int("last"),
    ];
    const inputs = ["a", "b", "c", "d"].map((name) => locals.v128(name));
    const halves = ["ab", "cd", "AB", "CD"].map((name) => locals.v128(name));
    const [a, b, c, d] = inputs;
    const [ab, cd, abHigh, cdHigh] = halves;
    if (!a || !b || !c || !d || !ab || !cd || !abHigh || !cdHigh) return [];
    const input = (row: Local<"i32">, column: Local<"i32">) =>
      i32.add(from, i32.add(i32.mul(row, fromStep), i32.shl(column, 2)));
    const output = (row: Local<"i32">, column: Local<"i32">) =>
      i32.add(to, i32.add(i32.mul(column, toStep), i32.shl(row, 2)));
    const one = (row: Local<"i32">, column: Local<"i32">): Statement =>
      v128.store32_lane0(output(row, column), v128.load32_zero(input(row, column)));
    const block: readonly Statement[] = [
      at.set(input(i, j)),
      target.set(output(i, j)),
      ...inputs.flatMap((local) => [local.set(v128.load(at)), at.set(i32.add(at, fromStep))]),
      ab.set(shuffle32(a, b, [0, 4, 1, 5])),
      cd.set(shuffle32(c, d, [0, 4, 1, 5])),
      abHigh.set(shuffle32(a, b, [2, 6, 3, 7])),
      cdHigh.set(shuffle32(c, d, [2, 6, 3, 7])),
      ...[
        shuffle32(ab, cd, [0, 1, 4, 5]),
        shuffle32(ab, cd, [2, 3, 6, 7]),
        shuffle32(abHigh, cdHigh, [0, 1, 4, 5]),
        shuffle32(abHigh, cdHigh, [2, 3, 6, 7]),
      ].flatMap((value) => [v128.store(target, value), target.set(i32.add(target, toStep))]),
    ];
    return [
      wholeRows.set(i32.and(rows, -4)),
      wholeColumns.set(i32.and(columns, -4)),
      countUp(first, { from: 0, to: wholeColumns, step: stripe }, [
        last.set(i32.add(first, stripe)),
        end.set(i32.select(i32.lt_u(last, wholeColumns), last, wholeColumns)),
        countUp(i, { from: 0, to: wholeRows, step: 4 }, [countUp(j, { from: first, to: end, step: 4 }, block)]),
      ]),
      countUp(i, { from: 0, to: rows }, [countUp(j, { from: wholeColumns, to: columns }, [one(i, j)])]),
      countUp(i, { from: wholeRows, to: rows }, [countUp(j, { from: 0, to: wholeColumns }, [one(i, j)])]),
    ];
  });

/** The compiled function; see `source` for its parameters. */
export const stridedTranspose = (backend: BackendWasm): Callable => compile(backend, "transpose2d", source);

/** A batch of matrices. */
export interface Matrices {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** Writes the transposed matrices to `to`. */
export const transposeMatrices = (backend: BackendWasm, { from, to, count, rows, columns }: Matrices): void => {
  const run = stridedTranspose(backend);
  const bytes = 4 * rows * columns;
  for (let k = 0; k < count; k++) run(from + k * bytes, to + k * bytes, rows, columns, 4 * columns, 4 * rows);
};

export const transpose2d: OwnKernel = {
  name: "transpose2d",
  run: (call) => {
    const x = inputAt(call, 0);
    const output = makeOutput(call.backend, call.output);
    transposeMatrices(call.backend, {
      from: addressOf(call.backend, x),
      to: addressOf(call.backend, output),
      count: sizeOf(x.shape.slice(0, -2)),
      rows: x.shape.at(-2) ?? 1,
      columns: x.shape.at(-1) ?? 1,
    });
    return output;
  },
};
