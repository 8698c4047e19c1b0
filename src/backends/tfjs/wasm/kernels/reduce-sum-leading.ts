/**
 * `reduceSumLeading`: the sum over all axes but the last, as a bias gradient needs it: x[…, c] gives [c].
 *
 * Sums run over blocks of about √rows rows, then over the blocks: the rounding error grows with 2 √rows, not with rows.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import {
  countUp,
  f32x4,
  i32,
  wasmFunction,
  type Locals,
  type Statement,
  type WasmFunction,
} from "../assembler/index.js";
import { addressOf, bytesOf, compile, inputAt, makeOutput, sizeOf, withScratch, type OwnKernel } from "./kernel.js";
import { four, single, type Lanes } from "./lanes.js";

/** Vectors summed side by side: enough to hide the latency of an addition (4 cycles, two a cycle). */
const width = 8;

/** out[c] += the sum of `rows` rows; `bytes` is the size of a row. */
const source = (): WasmFunction =>
  wasmFunction("sumRows", ["x", "out", "rows", "bytes"], ({ x, out, rows, bytes }, locals: Locals) => {
    const sums = Array.from({ length: width }, (_, k) => locals.v128(`sum${k}`));
    const [i, at, end] = [locals.i32("i"), locals.i32("at"), locals.i32("end")];
    const last = locals.i32("last");
    const columns = (
      from: Statement,
      to: Parameters<typeof countUp>[1]["to"],
      count: number,
      lanes: Lanes,
    ): readonly Statement[] => {
      const used = sums.slice(0, count);
      return [
        from,
        countUp(i, { from: i, to, step: lanes.bytes * count }, [
          ...used.map((sum) => sum.set(f32x4.const(0))),
          end.set(i32.add(i32.add(x, i), last)),
          countUp(
            at,
            { from: i32.add(x, i), to: end, step: bytes },
            used.map((sum, k) => sum.set(f32x4.add(sum, lanes.load(at, lanes.bytes * k)))),
          ),
          ...used.map((sum, k) => {
            const target = i32.add(out, i);
            return lanes.store(target, f32x4.add(lanes.load(target, lanes.bytes * k), sum), lanes.bytes * k);
          }),
        ]),
      ];
    };
    return [
      last.set(i32.mul(rows, bytes)),
      ...columns(i.set(i32.const(0)), i32.and(bytes, -16 * width), width, four),
      ...columns(i.set(i32.and(bytes, -16 * width)), i32.and(bytes, -16), 1, four),
      ...columns(i.set(i32.and(bytes, -16)), bytes, 1, single),
    ];
  });

/** Rows shorter than this are joined into longer ones first, so that the lanes fill. */
const shortRow = 32;

interface Rows {
  readonly x: number;
  readonly out: number;
  readonly rows: number;
  readonly columns: number;
}

/** out[c] += the sum of all rows. */
const sumRows = (backend: BackendWasm, { x, out, rows, columns }: Rows): void => {
  const factor = columns < shortRow ? Math.ceil(shortRow / columns) : 1;
  const longRows = Math.floor(rows / factor);
  if (factor > 1 && longRows > 1) {
    withScratch(backend, factor * columns, (scratch) => {
      bytesOf(backend).fill(0, scratch, scratch + 4 * factor * columns);
      sumRows(backend, { x, out: scratch, rows: longRows, columns: factor * columns });
      sumBlocks(backend, { x: scratch, out, rows: factor, columns });
    });
    const done = longRows * factor;
    sumBlocks(backend, { x: x + 4 * done * columns, out, rows: rows - done, columns });
  } else sumBlocks(backend, { x, out, rows, columns });
};

const sumBlocks = (backend: BackendWasm, { x, out, rows, columns }: Rows): void => {
  const run = compile(backend, "sumRows", source);
  const block = Math.max(64, Math.ceil(Math.sqrt(rows)));
  for (let row = 0; row < rows; row += block) run(x + 4 * row * columns, out, Math.min(block, rows - row), 4 * columns);
};

export const reduceSumLeading: OwnKernel = {
  name: "reduceSumLeading",
  run: (call) => {
    const { backend } = call;
    const x = inputAt(call, 0);
    const columns = x.shape.at(-1) ?? 1;
    const output = makeOutput(backend, call.output);
    const out = addressOf(backend, output);
    bytesOf(backend).fill(0, out, out + 4 * columns);
    const rows = sizeOf(x.shape.slice(0, -1));
    if (rows > 0 && columns > 0) sumRows(backend, { x: addressOf(backend, x), out, rows, columns });
    return output;
  },
};
